from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ...base.moments import moment_text
from ...base.roles import AGENT, CALLER, DEPARTMENT
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from ...case.states import State, States
from ...case.steps import Step
from ...case.transitions import Missing, Move
from ...portal.actions import PortalAction

_lt = LazyTranslate(__name__)

AGENT_OR_DEPARTMENT = (
    AGENT,
    DEPARTMENT,
)
STATES = States(
    registered=State("Registered", in_hand=True),
    processing=State("In progress", in_hand=True),
    answered=State("Answered", told=True, guarded=True),
    closed=State("Closed", told=True, guarded=True, final=True),
    withdrawn=State("Withdrawn", final=True),
    converted=State("Became a complaint", final=True),
    merged=State("Merged", final=True),
)
OPEN_STATES = STATES.names("in_hand")
IS_OPEN = STATES.open_sql()


class WaterInquiry(models.Model):
    """An inquiry (咨询, S2.3.1): answered on the spot, or recorded, promised and followed up.

    Agents see every inquiry of their company except restricted ones; a department sees those
    dispatched to it; customers see their own in the portal.
    """

    _name = "water.inquiry"
    _inherit = ["water.wording.mixin", "water.case.mixin", "water.mixin"]
    _description = "Inquiry"

    _sequence_code = "water.inquiry"
    _spoken_fields = ("answer",)
    _worker_fields = frozenset({"user_id", "state", "stage_id", "answer"})
    _final_states = frozenset(STATES.names("final"))
    _closing_states = frozenset(STATES.names("guarded"))
    _portal_told_states = frozenset(STATES.names("told"))
    _nature = "inquiry"
    _calm_only = True
    _told_fields = ("answer",)
    _customer_actions = {
        "settled": PortalAction(
            "_portal_settled",
            done=_lt("Thank you. We are glad that this settles it."),
            by_delegate=_lt("has said that the matter is settled"),
            asks=_lt("Read our answer and tell us whether it is enough"),
            place="water_answer",
            api="confirm",
        ),
        "unsettled": PortalAction(
            "_portal_unsettled",
            done=_lt("Thank you. We take your question up again."),
            by_delegate=_lt("has said that the matter is not settled"),
            api="contest",
        ),
    }
    _clock_events = {
        "dispatch_accepted": ("accept",),
        "contacted": ("contact",),
        "arrived": ("on_site",),
        "answered": ("contact", "close", "external", "promise"),
        "callback_done": ("callback",),
    }
    _transitions = {
        ("registered", "processing"): Move(AGENT, ("_need_facts", "_need_promise")),
        ("registered", "answered"): Move(AGENT, ("_need_answer", "_need_wording")),
        ("processing", "answered"): Move(AGENT_OR_DEPARTMENT, ("_need_answer", "_need_wording")),
        ("answered", "processing"): Move(AGENT),
        ("answered", "closed"): Move(
            AGENT, ("_need_answer", "_need_external_answer", "_need_wished_call")
        ),
        **{(state, "withdrawn"): Move(AGENT) for state in OPEN_STATES},
        ("closed", "processing"): Move(CALLER),
    }
    _reactions = {"promised_due_at": ("_on_promised_reply",)}
    _created_steps = (Step("_keep_promised_reply", "promised_due_at"),)
    _return_path = {state: ("withdrawn",) for state in OPEN_STATES}
    _closing_result = "answer"
    _callback_rate = "inquiry_callback_percent"
    _rehandle_path = {"answered": ("processing",), "closed": ("processing",)}

    state = fields.Selection(
        STATES.selection(),
        required=True,
        readonly=True,
        default="registered",
        index=True,
        copy=False,
        water_package=True,
    )
    deadline_ids = fields.One2many(inverse_name="inquiry_id")
    event_ids = fields.One2many(inverse_name="inquiry_id")
    dispatch_ids = fields.One2many(inverse_name="inquiry_id")
    callback_ids = fields.One2many(inverse_name="inquiry_id")
    customer_message_ids = fields.One2many(inverse_name="inquiry_id")
    visit_ids = fields.One2many(inverse_name="inquiry_id")
    article_id = fields.Many2one(water_open=True)
    article_use_ids = fields.One2many(inverse_name="inquiry_id")
    answer = fields.Text(
        tracking=True,
        copy=False,
        help="What the customer is told.",
        water_open=True,
        water_package=True,
    )
    resolved_on_first_contact = fields.Boolean(
        string="Solved at First Contact", readonly=True, copy=False
    )
    promised_due_at = fields.Datetime(
        string="Promised Reply",
        copy=False,
        help="When the customer has been told to expect it.",
        water_open=True,
    )
    # The filter "Open" of board and list: few among all, in order and counted from the index,
    # which holds all that the record rules ask.
    _open_list_idx = models.Index(f"(urgency DESC, next_due_at, id DESC) WHERE {IS_OPEN}")
    _open_board_idx = models.Index(
        "(stage_id, urgency DESC, next_due_at, id DESC)"
        " INCLUDE (deadline_state, company_id, sent_to, is_restricted, first_responsible_id,"
        f" user_id) WHERE {IS_OPEN}"
    )
    # a user's own cases on the first page, the next due first
    _open_due_idx = models.Index(
        "(next_due_at, id) INCLUDE (user_id, first_responsible_id, company_id, is_restricted)"
        f" WHERE {IS_OPEN}"
    )

    can_answer = fields.Boolean(compute="_compute_can")
    can_process = fields.Boolean(compute="_compute_can")
    can_close = fields.Boolean(compute="_compute_can")
    can_withdraw = fields.Boolean(compute="_compute_can")
    can_reopen = fields.Boolean(compute="_compute_can")

    _portal_url = "/my/inquiries"
    _category_flag = "for_inquiry"
    _portal_path = ("registered", "processing", "answered", "closed")

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can(self):
        for case in self:
            case.can_answer = case._can_move_to("answered")
            case.can_process = case.state == "registered" and case._can_move_to("processing")
            case.can_close = case._can_move_to("closed")
            case.can_withdraw = case._can_move_to("withdrawn")
            case.can_reopen = case.state in ("answered", "closed") and case._can_move_to(
                "processing"
            )

    def _compute_access_url(self):
        for case in self:
            case.access_url = f"/my/inquiries/{case.id}"

    # -- requirements ---------------------------------------------------------------------

    def _need_answer(self):
        if strip_invisible(self.answer):
            return []
        return [Missing(self.env._("write the answer first"), "answer")]

    def _need_wording(self):
        """Refuse forbidden phrases in answers to customers (S2.2.2)."""
        phrases = self.env["water.forbidden.phrase"]
        refusal = phrases._refusal(phrases._find(self.answer))
        return [Missing(refusal, "answer")] if refusal and not self.env.su else []

    def _need_promise(self):
        """Require a supervisor for a promised reply later than the standard."""
        latest = self._latest_result()
        if latest and self.promised_due_at and self.promised_due_at > latest:
            due = moment_text(self.env, latest, self.company_id._water_tz())
            words = self.env._("promise no later than %(due)s", due=due)
            return [Missing(words, "promised_due_at")]
        return []

    def _check_write(self, vals):
        """Refuse a later reply than promised, unless it is an extension."""
        super()._check_write(vals)
        due = fields.Datetime.to_datetime(vals.get("promised_due_at"))
        if due:
            self._check_promised_result(due)

    def _keep_promised_reply(self):
        """Start the clock of the reply that was promised while the inquiry was registered."""
        for case in self if not is_trusted(self.env) else ():
            case._check_promised_result(case.promised_due_at)
        self._on_promised_reply({}, {})

    def _on_promised_reply(self, before, vals):
        now = fields.Datetime.now()
        for case in self.filtered(lambda row: row.state in OPEN_STATES):
            due, latest = case.promised_due_at, case._latest_result()
            promised = case.sudo()._open_clocks().mapped("due_at")
            if due and due > now and due not in promised and not (latest and due > latest):
                localized = case.with_context(lang=case._customer_lang()).env
                case.sudo()._promise(localized._("The reply that we promised"), due)

    def _draft_answer(self):
        return self.answer

    # -- actions --------------------------------------------------------------------------

    def action_process(self):
        """Keep the inquiry open: the answer takes longer than this talk (S2.3.1c)."""
        self._move_to("processing")
        return True

    def action_answer(self):
        """Give the answer to the customer."""
        for case in self:
            case._finish_own_work(case.answer)
        self._move_to("answered")
        return True

    def action_close(self):
        """End the service (S2.3.4)."""
        self._move_to("closed")
        return True

    def action_goodbye(self):
        """Open the closing script (S2.3.4)."""
        self.ensure_one()
        return self._dialog("water.close.wizard", self.env._("Close"))

    def action_answer_and_close(self):
        """Answered on the spot (S2.3.1b): one step, counted as solved at first contact."""
        for case in self:
            at_once = case.state == "registered"
            case._move_to("answered")
            if at_once:
                trusted(case).resolved_on_first_contact = True
            case._move_to("closed")
        return True

    def _send_stage_mail(self):
        """Send no second mail to customers answered on the spot: the answer contained the
        thanks.
        """
        at_once = self.filtered(lambda c: c.state == "closed" and c.resolved_on_first_contact)
        return super(WaterInquiry, self - at_once)._send_stage_mail()

    def action_withdraw(self):
        """The customer no longer asks; the clocks become void."""
        self._move_to("withdrawn")
        return True

    def action_reopen(self):
        """Reopen the inquiry with new clocks; the old ones keep their result.

        Other people of the department handle it (重办).
        """
        for case in self:
            case._handle_again(None, False, ("processing",))
        return True

    def _promised_lines(self, start_on, kinds, failed, office):
        """Leave out the dispatch limit before a return, since most questions need no department.

        Emergencies have it from the receipt on.
        """
        lines = super()._promised_lines(start_on, kinds, failed, office)
        return lines if kinds else self._without_dispatching(lines)

    def _start_missing_clocks(self, lines, at):
        super()._start_missing_clocks(self._without_dispatching(lines), at)

    def _without_dispatching(self, lines):
        is_emergency = self.severity == "emergency"
        return [line for line in lines if is_emergency or line.kind != "dispatch"]

    # -- what follows ---------------------------------------------------------------------

    def _transition_values(self, state):
        now = fields.Datetime.now()
        # a reopened case was not solved at the first contact
        fallen = {"said_goodbye": False, "resolved_on_first_contact": False}
        again = fallen if state == "processing" else {}
        return {"closed_at": now if state in self._final_states else False} | again

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        if state == "answered":
            for case in self:
                self.env["water.forbidden.phrase"]._say(case, case.answer, "answer")
            self._clocks_of_departments()._end_work()  # answered without one
            self._log_events("answered")
        elif state == "closed":
            self.sudo().dispatch_ids._cancel()
            self._log_events("closed", {case.id: {"goodbye": case.said_goodbye} for case in self})
            self._plan_callbacks()
        elif state == "withdrawn":
            self._log_events("withdrawn")
            self.sudo().dispatch_ids._cancel()
            self._cancel_visits()
            self._clocks_of_case()._void()
        elif state == "processing":
            reopened = self.filtered(lambda case: origins[case.id] != "registered")
            reopened._count_reopened(origins)
            reopened._restart_clocks(("close",))
            self._promise_reply()

    def _clocks_of_departments(self):
        clocks = self.sudo()._open_clocks()
        return clocks.filtered(lambda row: row.kind in ("accept", "dispatch", "on_site"))

    def _promise_reply(self):
        """Set the promised reply by the standard, unless an earlier one is set.

        Passed promises are renewed.
        """
        now = fields.Datetime.now()
        silent = self.filtered(lambda case: (case.promised_due_at or now) <= now)
        for due, cases in silent.grouped("promised_at").items():
            if due and due > now:
                trusted(cases.sudo()).promised_due_at = due

    def _on_dispatch_finished(self, dispatch):
        if dispatch.role == "lead" and (not self.answer or dispatch.handling_round > 1):
            self.answer = dispatch.result

    @api.constrains("promised_due_at")
    def _check_promise(self):
        for case in self:
            if case.promised_due_at and case.promised_due_at < case.received_at:
                raise UserError(self.env._("A promise cannot be earlier than the inquiry."))

    def _on_callback_done(self, callback):
        super()._on_callback_done(callback)
        if callback.outcome == "not_solved" and self.state == "closed":
            self._reopen_by_callback(callback, "processing")

    def _prepare_dispatch(self, department):
        super()._prepare_dispatch(department)
        if self.state == "registered":
            self._move_to("processing")

    # -- portal --------------------------------------------------------------------------------
    # An inquiry on the customer's pages: the answer, and whether it settled the question.

    def _portal_words(self):
        return {
            "kind": "inquiry",
            "one": self.env._("Inquiry"),
            "many": self.env._("My inquiries"),
            "new": self.env._("Ask a question"),
            "intro": self.env._("Ask us. We will reply by email and on this page."),
            "about": self.env._("What is your question about?"),
            "what": self.env._("What would you like to know?"),
            "place": self.env._("Which account is it about? (may be left open)"),
            "submit": self.env._("Send the question"),
            "filed": self.env._("We have received your question."),
            "none": self.env._("You have not asked us anything yet."),
            "next": [
                self.env._("A member of our staff reads your question and finds out the answer."),
                self.env._("We will reply by email and on this page."),
                self.env._("You tell us whether it answers your question."),
            ],
        }

    def _portal_titles(self):
        return {
            "registered": self.env._("Received"),
            "processing": self.env._("In progress"),
            "answered": self.env._("Answered"),
            "closed": self.env._("Finished"),
            "withdrawn": self.env._("Withdrawn"),
            "converted": self.env._("Taken up as a complaint"),
            "merged": self.env._("Handled together with another question"),
        }

    def _portal_coming_titles(self):
        return {
            "answered": self.env._("We answer you"),
            "closed": self.env._("Case closed"),
        }

    def _portal_clock_titles(self):
        return super()._portal_clock_titles() | {"close": self.env._("We answer you")}

    def _portal_can(self, action):
        if action in ("settled", "unsettled"):
            return self.state == "answered"
        return super()._portal_can(action)

    @api.model
    def _portal_waiting_domain(self):
        return Domain("state", "=", "answered")

    def _portal_settled(self, values, files=()):
        """Close the inquiry: the customer accepts the answer."""
        self.sudo()._open_calls("requested")._withdraw()
        self._move_to("closed")

    def _portal_unsettled(self, values, files=()):
        """Reopen the inquiry with new clocks: the customer has further questions."""
        text = self._need_text(
            values, "reason", self.env._("Tell us what still needs to be resolved.")
        )
        self._take_message(text)
        self._move_to("processing")

    def _portal_page(self):
        told = self.state in ("answered", "closed")
        return super()._portal_page() | {"answer": self.answer if told else ""}
