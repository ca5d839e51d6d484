from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.isolated import run_each_isolated
from odoo.addons.water_service_desk.base.locks import lock_rows
from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.base.todos import open_todos
from odoo.addons.water_service_desk.base.true_only import true_only
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted

IN_FORCE = ("proposed", "accepted")
TYPE = "water_complaints.mail_activity_type_plan"


class WaterResolutionAction(models.Model):
    """A line of a plan: what is done, by whom, by when (S3.2.3a)."""

    _name = "water.resolution.action"
    _inherit = ["water.complaint.part.mixin", "water.mixin"]
    _settable_on_create = frozenset({"resolution_id"})
    _description = "Action of a Plan"
    _order = "due_on, sequence, id"

    resolution_id = fields.Many2one(
        "water.resolution",
        string="Plan",
        required=True,
        readonly=True,  # no line is carried into a plan that was offered, or another complaint's
        index=True,
        ondelete="cascade",
    )
    plan_state = fields.Selection(
        related="resolution_id.state", store=True, string="State of the Plan", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What Is Done", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="By Whom",
        required=True,
        default=lambda self: self.env.uid,
        index=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    due_on = fields.Date(string="Until", required=True)
    result = fields.Char(help="What was done, when it differs from the plan.")
    done_at = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    reminded_on = fields.Date(readonly=True, copy=False)
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    can_finish = fields.Boolean(compute="_compute_can", export_string_translation=False)

    _due_idx = models.Index("(due_on) WHERE done_at IS NULL AND reminded_on IS NULL")

    @api.depends("due_on", "done_at", "plan_state")
    def _compute_is_overdue(self):
        for row in self:
            today = row.complaint_id.company_id._water_today()
            row.is_overdue = row._is_waiting() and bool(row.due_on) and row.due_on < today

    @api.model
    @true_only
    def _search_is_overdue(self):
        waiting = Domain("plan_state", "in", IN_FORCE) & Domain("done_at", "=", False)
        return waiting & self.env["res.company"]._water_each_day(
            "complaint_id.company_id", lambda day: Domain("due_on", "<", day)
        )

    @api.depends("plan_state", "done_at", "user_id")
    @api.depends_context("uid")
    def _compute_can(self):
        for row in self:
            row.can_finish = row._is_waiting() and row._may_finish()

    def _is_waiting(self):
        return self.plan_state in IN_FORCE and not self.done_at

    def _may_finish(self):
        return self.user_id == self.env.user or self.complaint_id._may_investigate()

    @api.model_create_multi
    def create(self, vals_list):
        """The complaint of a line is that of its plan."""
        plans = self.env["water.resolution"]
        for vals in vals_list:
            plan = plans.browse(vals.get("resolution_id"))
            vals["complaint_id"] = plan.complaint_id.id
        rows = super().create(vals_list)
        if not is_trusted(self.env):
            rows._check_draft()
        return rows

    @api.constrains("user_id")
    def _check_owner(self):
        """Require an owner who may see the complaint and is not concerned by it."""
        for row in self:
            complaint = row.complaint_id._seen_by(row.user_id).with_context(active_test=False)
            if not complaint.has_access("read"):
                raise ValidationError(
                    self.env._(
                        "%(person)s cannot see the complaint: dispatch it to their department "
                        "first, or choose another person.",
                        person=row.user_id.sudo().name,
                    )
                )

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        self._check_draft()

    def _check_draft(self):
        lock_rows(self.resolution_id)
        if any(row.resolution_id.state != "draft" for row in self):
            raise UserError(self.resolution_id._frozen_message())

    def _check_unlink(self):
        self._check_draft()
        self.check_access("write")
        self._check_worker()

    def _line(self):
        return self.env._(
            "· %(what)s (%(who)s, until %(day)s)",
            what=self.name,
            who=self.user_id.sudo().name,
            day=day_text(self.due_on),
        )

    def _copied(self):
        return {
            "name": self.name,
            "user_id": self.user_id.id,
            "due_on": self.due_on,
            "sequence": self.sequence,
        }

    def action_done(self, result=None):
        """Mark the action as done, by its owner or a user who works on the complaint.

        :param result: what was done, if it differs from the plan
        :raises UserError: for a plan that is not in force, or an action done already
        :raises AccessError: by anyone else
        """
        self.check_access("read")
        self.complaint_id._check_unsealed()
        for row in self:
            if not row._is_waiting():
                raise UserError(self.env._("“%s” is not waiting to be done.", row.name))
            if not row._may_finish():
                raise AccessError(
                    self.env._(
                        "“%(what)s” is for %(who)s.", what=row.name, who=row.user_id.sudo().name
                    )
                )
            values = {"done_at": fields.Datetime.now(), "done_by_id": self.env.uid}
            trusted(row.sudo()).write(values | ({"result": result} if result else {}))
            row.complaint_id._log_events("action_done", {"what": row.name, "result": result or ""})
        self._forget_reminders()
        self.resolution_id._finish_if_done()
        return True

    # -- reminding ------------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Scheduled action: create one to-do for owners of overdue actions."""
        late = self.search([("is_overdue", "=", True), ("reminded_on", "=", False)])
        run_each_isolated(late.try_lock_for_update(allow_referencing=True), type(self)._remind)

    def _remind(self):
        case = self.complaint_id
        if case.state not in case._final_states:
            user = self._whom_to_remind()
            case.activity_schedule(TYPE, self.due_on, summary=self.name, user_id=user.id)
        trusted(self).reminded_on = case.company_id._water_today()

    def _whom_to_remind(self):
        case, owner = self.complaint_id, self.user_id
        if owner.active and case._is_open_to(owner):
            return owner
        return case._acting_responsible() or case.company_id.water_general_manager_id or owner

    def _forget_reminders(self):
        for row in self.sudo():
            row._reminders().action_feedback()

    def _reminders(self):
        people = self.user_id | self._whom_to_remind()
        return open_todos(self.complaint_id, TYPE).filtered(
            lambda todo: todo.user_id in people and todo.summary == self.name
        )

    def _stop_reminding(self):
        """Remove the to-dos of a plan that is no longer in force, and allow new ones."""
        for row in self.sudo():
            trusted(row._reminders()).unlink()
        held = self.sudo().complaint_id.plan_action_ids
        held.filtered(lambda row: row.name in self.mapped("name"))._remind_again()

    def _remind_again(self):
        trusted(self.filtered(lambda row: row.reminded_on and not row.done_at)).reminded_on = False

    def _tell_owners(self):
        lists = self.sudo().grouped("user_id")
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s actions of plans for you", count=count)
        )

    def _reminder_line(self):
        return f"{self.complaint_id.name} · {self._line().removeprefix('· ')}"
