from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import MANAGER, SUPERVISOR
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.clock.models.water_standard import LineSpec

from ...complaint.models.water_complaint import OPEN_STATES

#: Working days within which a dissatisfied customer's case is looked at (E4).
REVIEW_DAYS = 1


class WaterSatisfactionReview(models.Model):
    """A supervisor's review of a dissatisfied customer's complaint (S3.2.3d, S3.2.4a, E4).

    Opened by the system when the customer scores one or two of five, contests the result, or says
    in the call-back that the problem is unsolved. The second one about the same complaint goes one
    level up. Handlers of the case may not review it.
    """

    _name = "water.satisfaction.review"
    _inherit = ["water.readonly.mixin", "water.never.deleted.mixin", "water.mixin"]
    _description = "Review of Dissatisfaction"
    _dossier_order = 57
    _dossier = True
    _in_hand = {"user_id": [("state", "=", "open")]}
    _order = "state, opened_at desc, id desc"
    _rec_name = "complaint_id"
    _allow_sudo_commands = False

    complaint_id = fields.Many2one(
        "water.complaint", required=True, readonly=True, index=True, ondelete="restrict"
    )
    complaint_subject = fields.Char(related="complaint_id.subject", string="Matter")
    origin = fields.Selection(
        [
            ("score", "Low score"),
            ("contested", "Result rejected"),
            ("callback", "Not satisfied in the call-back"),
        ],
        required=True,
        readonly=True,
    )
    score_result = fields.Char(string="Score of the Result", readonly=True)
    score_process = fields.Char(string="Score of the Handling", readonly=True)
    remark = fields.Text(string="In the Customer's Words", readonly=True)
    rank = fields.Selection(
        [("supervisor", "Supervisor"), ("manager", "One level up: manager")],
        string="Looked at by",
        required=True,
        readonly=True,
        default="supervisor",
    )
    state = fields.Selection(
        [("open", "To Look at"), ("done", "Done")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        group_expand=True,
    )
    user_id = fields.Many2one("res.users", string="Taken by", readonly=True)
    outcome = fields.Selection(
        [
            ("rehandled", "Handled Again by Another Person"),
            ("explained", "Explained to the customer"),
            ("appeal", "Appeal supported"),
        ],
        readonly=True,
        index=True,
    )
    note = fields.Text(string="Outcome of the Review", readonly=True)
    opened_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    done_at = fields.Datetime(readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    former_handler_ids = fields.Many2many(
        "res.users", "water_review_former_rel", "review_id", "user_id", readonly=True
    )
    deadline_ids = fields.One2many("water.deadline", "review_id", string="Time Limits")
    due_at = fields.Datetime(string="Due", compute="_compute_due", store=True)
    is_late = fields.Boolean(string="Overdue", compute="_compute_is_late")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    can_settle = fields.Boolean(compute="_compute_can_settle")

    @api.depends("deadline_ids.due_at")
    def _compute_due(self):
        for review in self:
            review.due_at = review.deadline_ids[:1].due_at

    def _compute_is_late(self):
        now = fields.Datetime.now()
        for review in self:
            end = review.done_at or now
            review.is_late = bool(review.due_at and review.due_at < end)

    @api.depends("state", "rank")
    @api.depends_context("uid")
    def _compute_can_settle(self):
        for review in self:
            review.can_settle = review.state == "open" and not review._hindrance()

    def _hindrance(self):
        needed = MANAGER if self.rank == "manager" else SUPERVISOR
        if not (self.env.su or self.env.user.has_group(needed)):
            group = self.env.ref(needed).sudo().name
            return self.env._("This review is for: %s", group)
        if not self.env.su and self.env.user in self.sudo().complaint_id._handlers():
            return self.env._("Reviewed by a person who did not handle the complaint.")
        return ""

    @api.model
    def _readonly_message(self):
        return self.env._("Reviews are created by the system; press “Done” to finish one.")

    # -- opening ------------------------------------------------------------------------------

    @api.model
    def _open_for(self, complaints, origin):
        """Open a review for each complaint, with its clock, and tell who has to look at it.

        :param complaints: water.complaint records whose customers are not content
        :param origin: value of ``origin``
        """
        waiting = complaints.sudo().review_ids.filtered(lambda row: row.state == "open")
        fresh = complaints.sudo() - waiting.complaint_id
        # sudo: water.satisfaction.review - opened by the system
        reviews = trusted(self.sudo()).create([self._opening(case, origin) for case in fresh])
        reviews._start_clocks()
        fresh._log_events(
            "dissatisfied", {row.complaint_id.id: {"rank": row.rank} for row in reviews}
        )
        for review in reviews:
            review._tell_open()

    @api.model
    def _opening(self, case, origin):
        call = case.callback_ids.sorted("id")[-1:] if origin == "callback" else None
        return {
            "complaint_id": case.id,
            "origin": origin,
            "rank": "manager" if case.review_ids else "supervisor",
            "score_result": call.score if call else case.satisfaction_result,
            "score_process": False if call else case.satisfaction_process,
            "remark": call.remark if call else case.customer_remark,
        }

    def _start_clocks(self):
        line = LineSpec(False, "feedback", REVIEW_DAYS, "working_day", False, "received", 80)
        rows = []
        for review in self:
            office = review.company_id._water_calendar()
            values = review.complaint_id._clock_values(line, review.opened_at, office)
            rows.append({**values, "review_id": review.id})
        self.env["water.deadline"]._start(rows)

    def _tell_open(self):
        tell_staff(
            self.complaint_id,
            self._lookers(),
            lambda case: case.env._("%s: the customer is not satisfied, look at it", case.name),
        )

    def _lookers(self):
        case = self.complaint_id
        people = case._desk_supervisors() - case._handlers()
        managers = people.filtered(lambda user: user.has_group(MANAGER))
        return managers if self.rank == "manager" else people - managers or people

    # -- settling -----------------------------------------------------------------------------

    def action_settle(self):
        """Open the dialog that records what came of the review."""
        self.ensure_one()
        return windows.dialog(
            "water.review.wizard",
            self.env._("Outcome of the Review"),
            {"default_review_id": self.id},
        )

    def _settle(self, outcome, note):
        """Record the outcome and carry it out.

        :param outcome: value of ``outcome``
        :param note: what was found, and what the customer was told
        :raises UserError: without them, or if the review is done already
        :raises AccessError: if the user may not review it
        """
        self.check_access("read")
        self.complaint_id.check_access("read")
        hindrance = self._hindrance()
        if hindrance:
            raise AccessError(hindrance)
        if self.state != "open":
            raise UserError(self.env._("This has been looked at already."))
        if not outcome or not strip_invisible(note):
            raise UserError(self.env._("Choose what came of it, and write down what you found."))
        self._carry_out(outcome, note)
        now = fields.Datetime.now()
        done = {"state": "done", "outcome": outcome, "note": note, "done_at": now}
        trusted(self.sudo()).write({**done, "done_by_id": self.env.uid, "user_id": self.env.uid})
        self.sudo().deadline_ids._meet(now)
        case = self.complaint_id.sudo()
        if case.state not in case._final_states:
            case._log_events("dissatisfaction_reviewed", {"outcome": outcome})

    def _carry_out(self, outcome, note):
        case = self.complaint_id.sudo()
        matter = case._lead_case() or case
        if outcome == "appeal":
            reason = self.remark or note
            self.env["water.appeal"]._file(self.complaint_id, {"reason": reason})
        elif outcome == "rehandled":
            if matter.state in OPEN_STATES:  # by the customer's word, when the review was opened
                return
            if matter.state not in matter._rehandle_path:
                raise UserError(self.env._("%s cannot be handled again any more.", case.name))
            matter._handle_again(self, note, matter._rehandle_path[matter.state])
