from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.moments import is_late
from ...base.trust import trusted
from ...clock.models.water_deadline import PENDING_STATES


class WaterRequestStep(models.Model):
    """One step of an application with its limit, and who did it when.

    Steps are sequential: the time of one begins when the previous one is done. Handlers of the case
    read them; the step's department, or the desk, completes them.
    """

    _name = "water.request.step"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Step of a Request"
    _order = "request_id, sequence, id"
    _rec_names_search = ("guide_step_id.name",)
    _allow_sudo_commands = False

    request_id = fields.Many2one(
        "water.request", required=True, readonly=True, index=True, ondelete="restrict"
    )
    guide_step_id = fields.Many2one(
        "water.guide.step", required=True, readonly=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(readonly=True)
    # not related: Odoo stumbles over a related field in several languages when it is translated
    name = fields.Char(string="What Is Done", compute="_compute_name", compute_sudo=True)
    department_id = fields.Many2one(
        related="guide_step_id.department_id", string="Department of the Step"
    )
    started_at = fields.Datetime(readonly=True)
    deadline_ids = fields.One2many("water.deadline", "step_id", string="Time Limits")
    due_at = fields.Datetime(
        compute="_compute_due_at", store=True, help="Empty: the guide promises no time."
    )
    done_at = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one(
        "res.users", string="Who Did It", readonly=True, ondelete="restrict"
    )
    is_late = fields.Boolean(compute="_compute_is_late")
    can_finish = fields.Boolean(compute="_compute_can_finish", export_string_translation=False)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)

    @api.model
    def _readonly_message(self):
        return self.env._("Steps come from the guide; say that one is done with its button.")

    @api.depends("guide_step_id.name")
    @api.depends_context("lang")
    def _compute_name(self):
        for step in self:
            step.name = step.guide_step_id.name

    @api.depends("deadline_ids.due_at")
    def _compute_due_at(self):
        """Return the limit of the step's clock, which pauses and extensions move."""
        for step in self:
            step.due_at = step._clock().due_at

    @api.depends("due_at", "done_at", "deadline_ids.state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for step in self:
            runs = step._clock().state in PENDING_STATES
            at = step.done_at or (runs and now)
            step.is_late = bool(step.due_at and at) and is_late(step.due_at, at)

    @api.depends("started_at", "done_at", "request_id.state")
    @api.depends_context("uid")
    def _compute_can_finish(self):
        for step in self:
            step.can_finish = step._is_running() and step._is_worker()

    def _clock(self):
        return self.deadline_ids.sorted("id")[-1:]

    def _is_running(self):
        is_over = self.request_id.state in self.request_id._final_states
        return bool(self.started_at) and not self.done_at and not is_over

    def _is_worker(self):
        mine = self.env.user.water_department_ids
        department = self.sudo().department_id
        at_work = department in mine if department else self.request_id._is_at_work("accepted")
        return self.request_id._is_desk() or at_work

    @api.model
    def _begin(self, requests):
        """Take the steps of the guides over, for applications that have just been accepted.

        :param requests: water.request
        """
        # sudo: water.request.step - written by this service alone
        steps = trusted(self.sudo())
        fresh = [
            {"request_id": case.id, "guide_step_id": part.id, "sequence": number}
            for case in requests.filtered("guide_id")
            if not steps.search_count([("request_id", "=", case.id)], limit=1)
            for number, part in enumerate(case.guide_id.sudo().step_ids)
        ]
        for rows in steps.create(fresh).grouped("request_id").values():
            rows[:1]._start()

    @api.model
    def _begin_again(self, requests):
        # sudo: water.request.step - written by this service alone
        steps = trusted(requests.sudo().step_ids)
        undone = steps.filtered(lambda step: step.started_at and not step.done_at)
        undone.filtered(lambda step: step._clock().state == "void")._start()

    def _start(self):
        self.write({"started_at": fields.Datetime.now()})
        limited = self.filtered("guide_step_id.amount")
        self.env["water.deadline"]._start([step._clock_values() for step in limited])

    def _clock_values(self):
        part, case = self.guide_step_id, self.request_id
        calendar = case.company_id._water_calendar()
        due, provisional = calendar._water_due_at(self.started_at, part.amount, part.unit)[:2]
        name = part.with_context(lang=case.company_id.partner_id.lang).name
        given = {"step_id": self.id, "amount": part.amount, "unit": part.unit}
        return {**case._given_clock("step", due, name), **given, "provisional": provisional}

    def action_done(self):
        """Complete the step; the next one begins.

        :raises AccessError: for anyone but the desk and the department of the step
        :raises UserError: before its turn, twice, or on a finished request
        """
        for step in self:
            step.check_access("read")
            if not step._is_running():
                raise UserError(self.env._("“%s” is not to be done now.", step.sudo().name))
            if not step._is_worker():
                raise AccessError(self.env._("The department of the step, or the desk, does that."))
            step._finish()
        return True

    def _finish(self):
        # sudo: water.request.step - checked by the caller
        kept = trusted(self.sudo())
        kept.write({"done_at": fields.Datetime.now(), "done_by_id": self.env.uid})
        kept.deadline_ids._meet(kept.done_at)
        payload = {"step": kept.name, "late": kept.is_late}
        self.request_id._log_events("guide_step_done", {self.request_id.id: payload})
        steps = kept.request_id.step_ids
        steps.filtered(lambda step: not step.started_at)[:1]._start()
