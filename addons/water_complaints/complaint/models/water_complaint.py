from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.roles import AGENT, CALLER, SUPERVISOR, WORKER
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.births import AGAIN, FOREIGN, PART
from odoo.addons.water_service_desk.case.states import State, States
from odoo.addons.water_service_desk.case.transitions import Missing, Move
from odoo.addons.water_service_desk.intake.filing import clean_text

from .. import steps

STATES = States(
    registered=State("Registered", in_hand=True),
    dispatched=State("Dispatched", in_hand=True),
    investigating=State("Investigating", in_hand=True),
    handling=State("Handling", in_hand=True),
    notified=State("Notified", told=True, guarded=True),
    confirmed=State("Confirmed", told=True, guarded=True),
    callback=State("Call-back", told=True),
    archived=State("Archived", told=True, guarded=True, final=True),
    withdrawn=State("Withdrawn", final=True),
    rejected=State("Not accepted", final=True),
    merged=State("Merged", final=True),
)
OPEN_STATES = STATES.names("in_hand")
IS_OPEN = STATES.open_sql()


class WaterComplaint(models.Model):
    """A complaint (投诉), from the first word to the archive (S3.2).

    Agents see every complaint of their company except restricted ones of other agents; a department
    sees those dispatched to it. The person complained of never sees the complaint, and the
    department complained of not a confidential one. Customers see their own in the portal.
    """

    _name = "water.complaint"
    _inherit = ["water.case.mixin", "water.mixin"]
    _description = "Complaint"

    _sequence_code = "water.complaint"
    _nature = "complaint"
    _closing_state = "confirmed"
    _closing_result = "resolution"
    _callback_rate = "callback_percent"
    #: a finished complaint is evidence of the company's service
    _retention_years = 5
    _callback_unsorted = 100
    _final_states = frozenset(STATES.names("final"))
    _closing_states = frozenset(STATES.names("guarded"))
    _portal_told_states = frozenset(STATES.names("told"))
    _told_fields = ("resolution",)
    _dispatch_moves = dict.fromkeys(("registered", "investigating", "handling"), "dispatched")
    _given_by_dispatch = ("_need_department",)
    _required_facts = (
        "subject",
        "description",
        "address",
        "category_id",
        "channel_id",
        "occurred_at",
        "demand",
    )
    _new_steps = steps.NEW
    _created_steps = steps.CREATED
    _reactions = steps.CHANGED
    _event_steps = steps.EVENTS
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
        STATES.selection(),
        required=True,
        readonly=True,
        default="registered",
        index=True,
        copy=False,
        water_package=True,
    )
    deadline_ids = fields.One2many(inverse_name="complaint_id")
    event_ids = fields.One2many(inverse_name="complaint_id")
    dispatch_ids = fields.One2many(inverse_name="complaint_id")
    callback_ids = fields.One2many(inverse_name="complaint_id")
    customer_message_ids = fields.One2many(inverse_name="complaint_id")
    visit_ids = fields.One2many(inverse_name="complaint_id")
    article_use_ids = fields.One2many(inverse_name="complaint_id")

    demand = fields.Text(
        help="What the customer asks for (诉求).",
        water_born=(PART, FOREIGN),
        water_open=True,
        water_package=True,
        water_filed=2000,
        water_portal=True,
    )
    occurred_at = fields.Datetime(water_portal=True)
    person_complained_id = fields.Many2one(
        "res.users",
        string="Person Complained of",
        index="btree_not_null",
        copy=False,
        water_born=(AGAIN, PART, FOREIGN),
    )
    department_complained_id = fields.Many2one(
        "water.department",
        string="Department Complained of",
        copy=False,
        check_company=True,
        water_born=(AGAIN, PART, FOREIGN),
    )
    resolution = fields.Text(
        string="Result",
        copy=False,
        help="What was done for the customer.",
        water_open=True,
        water_package=True,
    )
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

    _portal_url = "/my/complaints"
    _category_flag = "for_complaint"
    _anonymous_filing = True
    _link_template = "water_complaints.mail_template_link_complaint"
    _portal_path = (
        "registered",
        "dispatched",
        "investigating",
        "handling",
        "notified",
        "confirmed",
        "archived",
    )

    # The filter "Open" of board and list: few among all, in order and counted from the index,
    # which holds all that the record rules ask.
    _open_list_idx = models.Index(f"(urgency DESC, next_due_at, id DESC) WHERE {IS_OPEN}")
    _open_board_idx = models.Index(
        "(stage_id, urgency DESC, next_due_at, id DESC)"
        " INCLUDE (deadline_state, company_id, sent_to, is_restricted, first_responsible_id,"
        " user_id, person_complained_id, is_confidential, department_complained_id)"
        f" WHERE {IS_OPEN}"
    )
    # a user's own cases on the first page, the next due first
    _open_due_idx = models.Index(
        "(next_due_at, id) INCLUDE (user_id, first_responsible_id, company_id, is_restricted,"
        f" person_complained_id) WHERE {IS_OPEN}"
    )

    my_dispatch_id = fields.Many2one("water.dispatch", compute="_compute_my_dispatch")
    my_dispatch_state = fields.Char(compute="_compute_my_dispatch")
    can_accept_dispatch = fields.Boolean(
        compute="_compute_my_dispatch", export_string_translation=False
    )
    my_dispatch_arrived = fields.Boolean(
        compute="_compute_my_dispatch", export_string_translation=False
    )
    dispatch_state = fields.Selection(
        selection=lambda self: (
            self.env["water.dispatch"]._fields["state"]._description_selection(self.env)
        ),
        compute="_compute_dispatch_state",
        store=True,
        copy=False,
        string="Lead Dispatch",
    )

    _worker_fields = frozenset({"user_id", "state", "stage_id", "resolution"})

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

    # -- portal --------------------------------------------------------------------------------
    # A complaint on the customer's pages: notices, confirmation and rating (S3.2.3d).

    def _portal_words(self):
        return {
            "kind": "complaint",
            "one": self.env._("Complaint"),
            "many": self.env._("My complaints"),
            "new": self.env._("File a complaint"),
            "intro": self.env._(
                "Tell us what went wrong. You get a number and a promised date at once."
            ),
            "about": self.env._("What is it about?"),
            "what": self.env._("What happened?"),
            "place": self.env._("Where is it?"),
            "submit": self.env._("Continue"),
            "filed": self.env._("We have received your complaint."),
            "none": self.env._("You have not filed a complaint."),
            "next": [
                self.env._("We look at what you wrote, and call you when something is not clear."),
                self.env._("The responsible department looks into it and settles the matter."),
                self.env._("We send you the result in writing; you confirm it and rate us."),
            ],
            "next_alone": [
                self.env._("You have checked the details yourself, so we start at once."),
                self.env._("The responsible department looks into it and settles the matter."),
                self.env._("You read the result with number and code, confirm it and rate us."),
            ],
        }

    def _portal_titles(self):
        return {
            "registered": self.env._("Received"),
            "dispatched": self.env._("With the responsible department"),
            "investigating": self.env._("Looking into it"),
            "handling": self.env._("Resolving the problem"),
            "notified": self.env._("Result given"),
            "confirmed": self.env._("Confirmed by you"),
            "callback": self.env._("Call-back"),
            "archived": self.env._("Finished"),
            "withdrawn": self.env._("Withdrawn"),
            "rejected": self.env._("Not accepted"),
            "merged": self.env._("Handled together with another complaint"),
        }

    def _portal_coming_titles(self):
        return {
            "dispatched": self.env._("To the responsible department"),
            "notified": self.env._("Result of your case"),
            "confirmed": self.env._("You confirm the result"),
            "archived": self.env._("Case closed"),
        }

    # -- what the customer does -----------------------------------------------------------

    def _optional_text(self, values, field):
        text = clean_text(values.get(field))
        return self._need_text(values, field, "") if text else ""

    # -- shown to the customer ------------------------------------------------------------

    @api.model
    def _customer_labels(self):
        labels = (self.env._("What would you like us to do?"), self.env._("What you ask for"))
        return super()._customer_labels() | {"demand": labels}

    # -- display -------------------------------------------------------------------------------
    # Counters of a complaint's cards and buttons, and where its dispatches stand.

    @api.depends("dispatch_ids.state")
    @api.depends_context("uid")
    def _compute_my_dispatch(self):
        departments = self.env.user.water_department_ids
        for case in self:
            mine = case.dispatch_ids.filtered(
                lambda row: row.department_id in departments and row.state in ("sent", "accepted")
            )
            mine = mine.sorted(lambda row: row.role)  # lead before support
            case.my_dispatch_id = mine[:1]
            case.my_dispatch_state = mine[:1].state
            case.can_accept_dispatch = mine[:1].can_accept
            case.my_dispatch_arrived = mine[:1].has_arrived

    @api.depends("dispatch_ids.state", "dispatch_ids.role")
    def _compute_dispatch_state(self):
        for case in self:
            leads = case.dispatch_ids.filtered(lambda row: row.role == "lead")
            case.dispatch_state = leads.sorted("id")[-1:].state

    @api.model
    def _child_link(self, model):
        children = self.env[model]
        if hasattr(children, "_case_field"):
            return super()._child_link(model)
        return children._fields.get("complaint_id") or children._fields["complaint_ids"]

    # -- follow --------------------------------------------------------------------------------
    # What follows when a complaint has moved, and when departments and callers answer.

    def _transition_values(self, state):
        now = fields.Datetime.now()
        stamps = {
            "notified": {"notified_at": now},
            "confirmed": {"confirmed_at": now, "closed_at": now},
            "handling": {"closed_at": False, "confirmed_at": False, "said_goodbye": False},
            "withdrawn": {"closed_at": now},
            "rejected": {"closed_at": now},
            "merged": {"closed_at": now},
        }
        values = stamps.get(state, {})
        return {**values, "archived_at": fields.Datetime.now()} if state == "archived" else values

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        follow = getattr(self, f"_after_{state}", None)
        if follow:
            follow(origins)

    def _after_dispatched(self, origins):
        for case in self:
            case._check_dispatch_conflict(case.department_id)
            case._check_ruled(case.department_id)
        self._send_dispatches()

    def _after_investigating(self, origins):
        """Count handling it oneself as accepting it."""
        own = self.filtered(lambda case: origins[case.id] == "registered")
        own._on_event("dispatch_accepted", fields.Datetime.now())
        own._clocks_of_dispatching()._end_work()
        self._list_demands()

    def _after_handling(self, origins):
        fresh = self.filtered(lambda case: origins[case.id] == "investigating")
        fresh._log_events("verified", {case.id: case._verified_payload() for case in fresh})
        reopened = self - fresh
        trusted(reopened).confirm_mode = False  # the answer to come is to the new result
        reopened._count_reopened(origins)
        reopened._restart_clocks(("close",))

    def _after_notified(self, origins):
        self._log_events("notified")
        trusted(self).asked_again_at = False

    def _after_confirmed(self, origins):
        self._log_events("confirmed", {case.id: case._confirmed_payload() for case in self})
        self._log_events("closed")
        self._plan_callbacks()

    def _confirmed_payload(self):
        return {
            "goodbye": self.said_goodbye,
            "mode": self.confirm_mode,
            "result": self.satisfaction_result or "",
            "process": self.satisfaction_process or "",
        }

    def _keeps_left_out(self, percent):
        """Archive without a call only with the record that the sample did not draw it."""
        return True

    def _after_withdrawn(self, origins):
        self._end("withdrawn")

    def _after_rejected(self, origins):
        self._end("rejected")

    def _after_merged(self, origins):
        self._end("merged")

    def _end(self, kind):
        self._log_events(kind, {case.id: case._end_payload() for case in self})
        self.sudo().dispatch_ids._cancel()
        self._cancel_visits()
        if kind != "merged":  # a merged complaint's customer is still called about the lead
            self.sudo().callback_ids._void("cancelled")
        self._clocks_to_void(kind)._void()

    def _clocks_to_void(self, kind):
        """Return the clocks that end with a complaint without a result.

        :param kind: the state in which it ended
        """
        return self._clocks_of_case()

    def _end_payload(self):
        """Return the facts of the end for the chain; other addons add theirs."""
        return {"reason": self.end_reason or "", "original": ""}

    def _prepare_return(self, reason):
        super()._prepare_return(reason)
        trusted(self).end_reason = reason

    def _draft_answer(self):
        return self.resolution

    def _people_concerned(self):
        confidential = self.filtered("is_confidential").department_complained_id
        about = self.person_complained_id | confidential.member_ids | confidential.manager_id
        return super()._people_concerned() | about

    # -- what departments and callers answer ----------------------------------------------

    def _prepare_dispatch(self, department):
        super()._prepare_dispatch(department)
        if self.state != "dispatched":
            self._move_to("dispatched")

    def _on_dispatch_accepted(self, dispatch):
        super()._on_dispatch_accepted(dispatch)
        if dispatch.role == "lead":
            trusted(self).user_id = self.env.user
            if self.state == "dispatched":
                self._move_to("investigating")

    def _on_dispatch_rejected(self, dispatch):
        super()._on_dispatch_rejected(dispatch)
        if dispatch.role == "lead":
            self._back_to_desk()
            if self.state in ("dispatched", "investigating"):
                self._move_to("registered")

    def _on_dispatch_finished(self, dispatch):
        super()._on_dispatch_finished(dispatch)
        if dispatch.role != "lead":
            return
        if not self.resolution or dispatch.handling_round > 1:
            self.resolution = dispatch.result
        if self.state == "investigating" and not self._refusals("handling"):
            self._move_to("handling")
        self._back_to_desk()

    def _left_after_report(self, env):
        """Take the report; leave gaps of the investigation to the desk."""
        case = self.with_context(lang=env.lang)
        lacks = case._refusals("handling") if case.state == "investigating" else []
        return super()._left_after_report(env) + lacks

    def _hears_late_answer(self, kind):
        return self.state != "archived" and super()._hears_late_answer(kind)

    def _on_callback_done(self, callback):
        super()._on_callback_done(callback)
        if callback.kind == "follow_up" and self.state == "confirmed":
            self._move_to("callback")
        if callback.outcome == "not_solved" and self.state in ("confirmed", "callback"):
            if self.state == "confirmed":
                self._move_to("callback")
            self._reopen_by_callback(callback, "handling")

    # -- requirement ---------------------------------------------------------------------------
    # Requirements of a complaint's steps: named by the transition table.
    #
    # Each method returns messages about what is missing, an empty list if the step is allowed.

    def _need_department(self):
        if self.department_id:
            return []
        return [Missing(self.env._("choose the responsible department"), "action_dispatch")]

    def _need_acceptance(self):
        accepted = self.sudo().dispatch_ids.filtered(
            lambda row: (
                row.role == "lead"
                and row.state in ("accepted", "finished")
                and row.handling_round == self.handling_round
            )
        )
        if accepted:
            return []
        words = self.env._("the lead department has not accepted the dispatch yet")
        return [Missing(words, "action_open_dispatches")]

    def _need_new_round(self):
        if self.handling_round > 1:
            return []
        words = self.env._("only what is handled again goes back to a department from here")
        return [Missing(words, "action_open_dispatches")]

    def _need_resolution(self):
        if strip_invisible(self.resolution):
            return []
        return [Missing(self.env._("write down the result"), "resolution")]

    def _need_callback(self):
        case = self.sudo()
        waiting = case._open_calls("follow_up") | case._open_calls("requested")
        return [self._call_first()] if waiting else []

    def _need_no_callback(self):
        latest = self.sudo().callback_ids.filtered(lambda row: row.kind == "follow_up")
        left_out = latest.sorted("id")[-1:].void_reason == "not_drawn"
        if self.is_anonymous or left_out or self.sudo()._open_calls("requested"):
            return self._need_callback()
        return [self._call_first()]

    def _call_first(self):
        return Missing(self.env._("make the call-back first"), "action_open_callbacks")

    def _need_end_reason(self):
        if strip_invisible(self.end_reason):
            return []
        return [Missing(self.env._("give the reason"), "action_end")]

    # -- guard ---------------------------------------------------------------------------------
    # Fields that departments write into a complaint; none is written once it is archived.

    def _check_write(self, vals):
        if any(case.state == "archived" for case in self):
            raise UserError(self.env._("An archived complaint is not changed any more."))
        super()._check_write(vals)
