from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.roles import AGENT, CALLER, SUPERVISOR, WORKER
from ...case.transitions import Move

SATISFACTION = [
    ("satisfied", "Satisfied"),
    ("basically", "Basically satisfied"),
    ("dissatisfied", "Dissatisfied"),
    ("unreachable", "Unreachable"),
    ("refused", "Refused to answer"),
]
#: Answers of a customer; the others say that there was none and never count as satisfied.
ANSWERS = ("satisfied", "basically", "dissatisfied")

OPEN_STATES = ("registered", "notified", "accepted", "processing")
#: The filter "Open" of the search view, in the words of the database.
IS_OPEN = "state IN ('registered', 'notified', 'accepted', 'processing', 'feedback')"


class WaterRequest(models.Model):
    """A request: a business that is applied for (业务办理, S2.3.2) or a repair (报修).

    Agents see every request of their company except restricted ones; a department sees
    what was dispatched to it; the customer sees his own through the portal.
    """

    _name = "water.request"
    _inherit = "water.case.mixin"
    _description = "Request"

    _reactions = {"guide_id": ("_on_guide",), "category_id": ("_on_guide",)}

    _sequence_code = "water.request"
    _worker_fields = frozenset({"user_id", "state", "stage_id", "result"})
    _open_facts = frozenset({"result", "guide_id"})
    _final_states = frozenset({"closed", "rejected", "withdrawn"})
    _closing_states = frozenset({"feedback", "closed"})
    _talks = frozenset({"fed_back"})
    _told_fields = ("result",)
    _package = ("result", "satisfaction", "satisfaction_reason")
    _closing_result = "result"
    _callback_rate = "request_callback_percent"
    _return_path = {state: ("withdrawn",) for state in OPEN_STATES}
    _rehandle_path = {"feedback": ("processing",), "closed": ("processing",)}
    _required_facts = ("subject", "description", "address", "category_id", "channel_id")
    _clock_events = {
        "dispatch_accepted": ("accept",),
        "contacted": ("contact",),
        "notice_issued": ("contact",),
        "accepted": ("contact",),
        "arrived": ("on_site",),
        "finished": ("close",),
        "fed_back": ("contact", "feedback", "external", "promise"),
        "unreachable": ("feedback", "external", "promise"),
        "refused": ("contact", "close", "external", "promise"),
        "callback_done": ("callback",),
    }
    _transitions = {
        ("registered", "notified"): Move(AGENT, ("_need_facts", "_need_notice")),
        ("registered", "accepted"): Move(AGENT, ("_need_facts", "_need_materials")),
        ("notified", "accepted"): Move(AGENT, ("_need_materials",)),
        ("registered", "processing"): Move(AGENT, ("_need_repair", "_need_facts")),
        ("accepted", "processing"): Move(AGENT),
        ("processing", "feedback"): Move(WORKER, ("_need_result",)),
        ("feedback", "processing"): Move(AGENT),
        ("feedback", "closed"): Move(
            AGENT,
            (
                *("_need_feedback", "_need_satisfaction", "_need_goodbye"),
                *("_need_external_answer", "_need_wished_call"),
            ),
        ),
        ("closed", "processing"): Move(CALLER),
        **{(state, "rejected"): Move(SUPERVISOR, ("_need_refusal",)) for state in OPEN_STATES},
        **{(state, "withdrawn"): Move(AGENT) for state in OPEN_STATES},
    }

    # The filter "Open" of board and list: few among all, in order and counted from the index,
    # which holds all that the record rules ask.
    _open_list_idx = models.Index(f"(urgency DESC, next_due_at, id DESC) WHERE {IS_OPEN}")
    _open_board_idx = models.Index(
        "(stage_id, urgency DESC, next_due_at, id DESC)"
        " INCLUDE (deadline_state, company_id, sent_to, is_restricted, first_responsible_id,"
        f" user_id) WHERE {IS_OPEN}"
    )
    # one's own of the first page, what is due first first
    _open_due_idx = models.Index(
        "(next_due_at, id) INCLUDE (user_id, first_responsible_id, company_id, is_restricted)"
        f" WHERE {IS_OPEN}"
    )

    state = fields.Selection(
        [
            ("registered", "Registered"),
            ("notified", "Notice issued"),
            ("accepted", "Accepted"),
            ("processing", "In progress"),
            ("feedback", "Feedback"),
            ("closed", "Closed"),
            ("rejected", "Not granted"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="registered",
        index=True,
        copy=False,
    )
    deadline_ids = fields.One2many(inverse_name="request_id")
    event_ids = fields.One2many(inverse_name="request_id")
    dispatch_ids = fields.One2many(inverse_name="request_id")
    callback_ids = fields.One2many(inverse_name="request_id")
    visit_ids = fields.One2many(inverse_name="request_id")
    customer_message_ids = fields.One2many(inverse_name="request_id")
    article_use_ids = fields.One2many(inverse_name="request_id")
    request_type = fields.Selection(
        [("business", "Application"), ("repair", "Repair")],
        string="Type",
        compute="_compute_request_type",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    guide_id = fields.Many2one(
        "water.guide",
        compute="_compute_guide",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('state', '=', 'in_force'), ('category_id', '=', category_id)]",
        check_company=True,
    )
    accepted_at = fields.Datetime(
        string="Application Accepted at",
        readonly=True,
        copy=False,
        help="When the complete application was accepted.",
    )
    result = fields.Text(tracking=True, copy=False, help="What was done, as the customer is told.")
    finished_at = fields.Datetime(readonly=True, copy=False)
    can_issue = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_accept = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_process = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_finish = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_close = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_reopen = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_decide = fields.Boolean(compute="_compute_can", export_string_translation=False)

    # -- computes ---------------------------------------------------------------------------

    @api.depends("category_id", "guide_id")
    def _compute_request_type(self):
        """A business is what a guide in force describes; everything else is a repair."""
        for case in self:
            if not case.request_type or case.state == "registered":
                described = case.guide_id or case._guides()
                case.request_type = "business" if described else "repair"

    @api.depends("category_id")
    def _compute_guide(self):
        """The guide of the category when there is just one; otherwise it is chosen."""
        for case in self:
            if case.state in (False, "registered") and not case.notice_issued_at:
                fitting = case._guides()
                if case.guide_id not in fitting:
                    case.guide_id = fitting if len(fitting) == 1 else None

    def _guides(self):
        # sudo: water.guide - what a customer may apply for is known to whoever registers it
        guides = self.env["water.guide"].sudo()
        if not self.category_id:
            return guides
        return guides._in_force_for(self.category_id, self.company_id or self.env.company)

    @api.depends("state", "request_type")
    @api.depends_context("uid")
    def _compute_can(self):
        is_desk = self._is_desk()
        for case in self:
            business, state = case.request_type == "business", case.state
            case.can_issue = business and case._can_move_to("notified")
            case.can_accept = business and case._can_move_to("accepted")
            case.can_process = case._can_move_to("processing") and (
                state == "accepted" or (state == "registered" and not business)
            )
            case.can_finish = case._can_move_to("feedback")
            case.can_close = case._can_move_to("closed")
            case.can_reopen = state in ("feedback", "closed") and case._can_move_to("processing")
            case.can_decide = is_desk and state in OPEN_STATES

    def _compute_access_url(self):
        for case in self:
            case.access_url = f"/my/requests/{case.id}"

    def _check_guide_change(self, vals):
        """After the notice the customer holds it in his hands: the guide stays."""
        for case in self:
            changed = any(
                name in vals and (vals[name] or False) != (case[name].id or False)
                for name in ("guide_id", "category_id")
            )
            changed |= vals.get("request_type", case.request_type) != case.request_type
            if changed and (case.notice_issued_at or case.accepted_at):
                raise UserError(self.env._("The customer has been told by this guide: it stays."))

    # -- actions ------------------------------------------------------------------------------

    def action_issue_notice(self):
        """Hand out everything that the customer must know at once (一次性告知书)."""
        self.ensure_one()
        notice = self._issue_notice()
        return notice._shown(self.env._("The notice has been issued."))

    def action_accept(self):
        """The materials are complete and correct: from now on the promised time runs."""
        self._move_to("accepted")
        return True

    def action_process(self):
        """Begin the work; who does it himself has accepted it."""
        self._move_to("processing")
        own = self.filtered(lambda case: not case.department_id)
        if own:
            own._on_event("dispatch_accepted", fields.Datetime.now())
            own._clocks_of_dispatching()._end_work()
        return True

    def action_finish(self):
        """The work is done: the result is told to the customer next."""
        for case in self:
            case._finish_own_work(case.result)
        self._move_to("feedback")
        return True

    def action_withdraw(self):
        """The customer no longer asks for it; the clocks become void."""
        self._move_to("withdrawn")
        return True

    def action_reopen(self):
        """It is not settled: new clocks, the old ones keep their result.

        Somebody else handles it, in the department that had it (重办).
        """
        for case in self:
            case._handle_again(None, False, ("processing",))
        return True

    def action_ask_material(self):
        """Open the dialog that asks for a material.

        :raises UserError: of a repair, which needs none
        """
        self.ensure_one()
        self._check_takes_materials()
        return self._dialog("water.material.wizard", self.env._("Ask for a Material"))

    def action_acknowledge(self):
        """Open the dialog that keeps the customer's signature under the notice."""
        self.ensure_one()
        return self._dialog("water.acknowledge.wizard", self.env._("Signed at the Counter"))

    def action_delay(self):
        """Open the dialog that asks a supervisor for more time.

        :raises UserError: when it can only be refused: why
        """
        self.ensure_one()
        return self._decision_dialog("delay", self.env._("Ask for a Delay"))

    def action_refuse(self):
        """Open the dialog that asks a supervisor to refuse the request.

        :raises UserError: when it is finished, or has been asked for already
        """
        self.ensure_one()
        return self._decision_dialog("refusal", self.env._("Ask for a Refusal"))

    def _decision_dialog(self, kind, title):
        self.check_access("read")
        self.env["water.request.decision"]._check_askable(self, kind)
        return self._dialog("water.request.decision.wizard", title, default_kind=kind)

    def action_feedback(self):
        """Open the dialog that keeps how the customer was told the result."""
        self.ensure_one()
        return self._dialog("water.feedback.wizard", self.env._("Tell the Result"))

    def action_close(self):
        """Open the closing script (S2.3.4)."""
        self.ensure_one()
        return self._dialog("water.close.wizard", self.env._("Close"))

    def action_return_materials(self):
        """Tell the customer at once all that is incorrect with what he supplied."""
        self._return_materials()
        return True

    def action_open_notices(self):
        """Open the notices of the request."""
        return self._open_children("water.request.notice", self.env._("Notices"), "request_id")

    def action_open_decisions(self):
        """Open the delays and refusals of the request."""
        title = self.env._("Delays and Refusals")
        return self._open_children("water.request.decision", title, "request_id")

    def _after_create(self, vals_list):
        super()._after_create(vals_list)
        self._fill_checklist()

    def _refuse_write(self, vals):
        if vals.keys() & {"guide_id", "request_type", "category_id"}:
            self._check_guide_change(vals)
        super()._refuse_write(vals)

    def _on_guide(self, before, vals):
        self._fill_checklist()
