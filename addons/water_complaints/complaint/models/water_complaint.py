from odoo import api, fields, models

from odoo.addons.water_service_desk.base.roles import AGENT, CALLER, SUPERVISOR, WORKER
from odoo.addons.water_service_desk.case.births import AGAIN, FOREIGN, PART
from odoo.addons.water_service_desk.case.transitions import Move

OPEN_STATES = ("registered", "dispatched", "investigating", "handling")


class WaterComplaint(models.Model):
    """A complaint (投诉), from the first word to the archive (S3.2).

    Agents see every complaint of their company except restricted ones of others; a
    department sees what was dispatched to it; nobody sees a complaint about himself, and
    the department complained of does not see a confidential one; the customer sees his own
    through the portal.
    """

    _name = "water.complaint"
    _inherit = "water.case.mixin"
    _description = "Complaint"

    _sequence_code = "water.complaint"
    _nature = "complaint"
    _closing_state = "confirmed"
    _closing_result = "resolution"
    _callback_rate = "callback_percent"
    #: a finished complaint is evidence of the company's service
    _retention_years = 5
    _callback_unsorted = 100
    _final_states = frozenset({"archived", "withdrawn", "rejected", "merged"})
    _closing_states = frozenset({"notified", "confirmed", "archived"})
    _told_fields = ("resolution",)
    _package = ("demand", "resolution")
    _dispatch_moves = dict.fromkeys(("registered", "investigating", "handling"), "dispatched")
    _given_by_dispatch = ("_need_department",)
    _goes_along = {
        "demand": (PART, FOREIGN),
        **dict.fromkeys(
            ("person_complained_id", "department_complained_id"), (AGAIN, PART, FOREIGN)
        ),
    }
    _required_facts = (
        "subject",
        "description",
        "address",
        "category_id",
        "channel_id",
        "occurred_at",
        "demand",
    )
    _clock_events = {
        "dispatch_accepted": ("accept",),
        "contacted": ("contact",),
        "arrived": ("on_site",),
        "verified": ("verify",),
        "notified": ("contact", "close", "external", "promise", "guarantee"),
        "callback_done": ("callback",),
    }
    _transitions = {
        ("registered", "dispatched"): Move(AGENT, ("_need_facts", "_need_department")),
        ("registered", "investigating"): Move(AGENT, ("_need_facts", "_need_another_handler")),
        ("dispatched", "investigating"): Move(WORKER, ("_need_acceptance",)),
        ("dispatched", "registered"): Move(AGENT),
        ("investigating", "registered"): Move(AGENT),
        ("investigating", "dispatched"): Move(AGENT, ("_need_department",)),
        ("investigating", "handling"): Move(WORKER),
        ("handling", "notified"): Move(AGENT, ("_need_resolution",)),
        ("handling", "dispatched"): Move(AGENT, ("_need_department", "_need_new_round")),
        ("notified", "confirmed"): Move(AGENT),
        ("notified", "handling"): Move(AGENT),
        ("confirmed", "callback"): Move(CALLER),
        ("confirmed", "archived"): Move(CALLER, ("_need_no_callback", "_need_external_answer")),
        ("callback", "archived"): Move(CALLER, ("_need_callback", "_need_external_answer")),
        ("callback", "handling"): Move(CALLER),
        ("registered", "rejected"): Move(SUPERVISOR, ("_need_end_reason",)),
        **{(state, "withdrawn"): Move(AGENT, ("_need_end_reason",)) for state in OPEN_STATES},
    }
    _return_path = {
        "registered": ("rejected",),
        "dispatched": ("registered", "rejected"),
        "investigating": ("registered", "rejected"),
    }
    _rehandle_path = {
        "notified": ("handling",),
        "confirmed": ("callback", "handling"),
        "callback": ("handling",),
    }

    state = fields.Selection(
        [
            ("registered", "Registered"),
            ("dispatched", "Dispatched"),
            ("investigating", "Investigating"),
            ("handling", "Handling"),
            ("notified", "Notified"),
            ("confirmed", "Confirmed"),
            ("callback", "Call-back"),
            ("archived", "Archived"),
            ("withdrawn", "Withdrawn"),
            ("rejected", "Not accepted"),
            ("merged", "Merged"),
        ],
        required=True,
        readonly=True,
        default="registered",
        index=True,
        copy=False,
    )
    deadline_ids = fields.One2many(inverse_name="complaint_id")
    event_ids = fields.One2many(inverse_name="complaint_id")
    dispatch_ids = fields.One2many(inverse_name="complaint_id")
    callback_ids = fields.One2many(inverse_name="complaint_id")
    customer_message_ids = fields.One2many(inverse_name="complaint_id")
    visit_ids = fields.One2many(inverse_name="complaint_id")
    article_use_ids = fields.One2many(inverse_name="complaint_id")

    demand = fields.Text(help="What the customer asks for (诉求).")
    person_complained_id = fields.Many2one(
        "res.users", string="Person Complained of", index="btree_not_null", copy=False
    )
    department_complained_id = fields.Many2one(
        "water.department", string="Department Complained of", copy=False, check_company=True
    )
    resolution = fields.Text(string="Result", copy=False, help="What was done for the customer.")
    notified_at = fields.Datetime(readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    end_reason = fields.Text(
        string="Reason for Ending", copy=False, help="Why it is withdrawn or not accepted."
    )
    can_dispatch = fields.Boolean(compute="_compute_can")
    can_handle = fields.Boolean(compute="_compute_can")
    can_verify = fields.Boolean(compute="_compute_can")
    can_notify = fields.Boolean(compute="_compute_can")
    can_confirm = fields.Boolean(compute="_compute_can")
    can_contest = fields.Boolean(compute="_compute_can")
    can_archive = fields.Boolean(compute="_compute_can")
    can_withdraw = fields.Boolean(compute="_compute_can")
    can_reject = fields.Boolean(compute="_compute_can")

    _confidential_idx = models.Index("(department_complained_id, id) WHERE is_confidential IS TRUE")

    # -- computes and constraints ---------------------------------------------------------

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can(self):
        for case in self:
            fresh = case.state == "registered"
            back = case.state != "handling" or case.handling_round > 1
            case.can_dispatch = back and case._can_move_to("dispatched")
            case.can_handle = fresh and case._can_move_to("investigating")
            case.can_verify = case.state == "investigating" and case._can_move_to("handling")
            case.can_notify = case._can_move_to("notified")
            case.can_confirm = case._can_move_to("confirmed")
            case.can_contest = case.state == "notified" and case._can_move_to("handling")
            case.can_archive = case._can_move_to("archived")
            case.can_withdraw = case._can_move_to("withdrawn")
            case.can_reject = case._can_move_to("rejected")

    def _compute_access_url(self):
        for case in self:
            case.access_url = f"/my/complaints/{case.id}"

    # -- steps ----------------------------------------------------------------------------

    def action_handle(self):
        """The first responsible person handles the complaint without a department."""
        self._move_to("investigating")
        return True

    def action_verify(self):
        """The facts are established: investigation ends, handling begins."""
        self._move_to("handling")
        return True

    def action_accept_dispatch(self):
        """Accept the own department's dispatch."""
        return self.my_dispatch_id.action_accept()

    def action_arrived(self):
        """The department's people are on site: meets the arrival clock."""
        self.check_access("write")
        self._check_unsealed()
        for case in self:
            mine = case.my_dispatch_id
            case._log_events("arrived", mine._payload() if mine else None)
        return True

    def action_return_dispatch(self):
        """Return the own department's dispatch: asks for the reason."""
        return self.my_dispatch_id.action_reject()

    def action_finish_dispatch(self):
        """Report the own department's work as done, with the result as written here."""
        for case in self:
            dispatch = case.my_dispatch_id
            if not dispatch.result and case.resolution:
                dispatch.result = case.resolution
            dispatch.action_finish()
        return True

    def action_end(self):
        """Open the dialog that withdraws or refuses a complaint."""
        return self._dialog("water.end.wizard", self.env._("End the Complaint"))

    def action_archive_case(self):
        """File the finished complaint; it is read-only from then on (S3.2.4b)."""
        self._move_to("archived")
        return True
