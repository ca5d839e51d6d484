from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.roles import AGENT, CALLER, DEPARTMENT, SUPERVISOR, WORKER
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import strip_invisible
from ...case.states import State, States
from ...case.steps import Step
from ...case.transitions import Missing, Move
from ...privacy.models.water_erasure_mixin import PRIVACY

SATISFACTION = [
    ("satisfied", "Satisfied"),
    ("basically", "Basically satisfied"),
    ("dissatisfied", "Dissatisfied"),
    ("unreachable", "Unreachable"),
    ("refused", "Refused to answer"),
]
#: Answers of a customer; the others say that there was none and never count as satisfied.
ANSWERS = ("satisfied", "basically", "dissatisfied")
STATES = States(
    registered=State("Registered", in_hand=True),
    notified=State("Notice issued", in_hand=True),
    accepted=State("Accepted", in_hand=True),
    processing=State("In progress", in_hand=True),
    feedback=State("Feedback", told=True, guarded=True),
    closed=State("Closed", told=True, guarded=True, final=True),
    rejected=State("Not granted", final=True),
    withdrawn=State("Withdrawn", final=True),
    merged=State("Merged", final=True),
)
OPEN_STATES = STATES.names("in_hand")
IS_OPEN = STATES.open_sql()
OWN_DATA = "water_service_desk.category_pd01"


class WaterRequest(models.Model):
    """A request: an application (业务办理, S2.3.2) or a repair (报修).

    Agents see every request of their company except restricted ones; a department sees those
    dispatched to it; customers see their own in the portal.
    """

    _name = "water.request"
    _inherit = ["water.case.mixin", "water.mixin"]
    _description = "Request"

    _reactions = {"guide_id": ("_on_guide",), "category_id": ("_on_guide",)}

    _sequence_code = "water.request"
    _worker_fields = frozenset({"user_id", "state", "stage_id", "result"})
    _final_states = frozenset(STATES.names("final"))
    _closing_states = frozenset(STATES.names("guarded"))
    _portal_told_states = frozenset(STATES.names("told"))
    _event_steps = {"fed_back": ("_end_contact_todos",)}
    _created_steps = (Step("_fill_checklist"), Step("_tell_privacy_officers"))
    _told_fields = ("result",)
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
    # a user's own cases on the first page, the next due first
    _open_due_idx = models.Index(
        "(next_due_at, id) INCLUDE (user_id, first_responsible_id, company_id, is_restricted)"
        f" WHERE {IS_OPEN}"
    )

    state = fields.Selection(
        STATES.selection(),
        required=True,
        readonly=True,
        default="registered",
        index=True,
        copy=False,
        water_package=True,
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
        water_open=True,
    )
    accepted_at = fields.Datetime(
        string="Application Accepted at",
        readonly=True,
        copy=False,
        help="When the complete application was accepted.",
    )
    result = fields.Text(
        tracking=True,
        copy=False,
        help="What was done, as the customer is told.",
        water_open=True,
        water_package=True,
    )
    finished_at = fields.Datetime(readonly=True, copy=False)
    can_issue = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_accept = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_process = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_finish = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_close = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_reopen = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_decide = fields.Boolean(compute="_compute_can", export_string_translation=False)

    material_ids = fields.One2many(
        "water.request.material", "request_id", string="Materials", copy=False
    )
    step_ids = fields.One2many("water.request.step", "request_id", string="Steps", copy=False)
    materials_text = fields.Char(string="Materials Complete", compute="_compute_materials_text")
    second_request_count = fields.Integer(
        string="Second Requests Refused",
        readonly=True,
        copy=False,
        help="How often staff tried to ask for a new material after the notice; must be 0.",
    )

    # -- computes ---------------------------------------------------------------------------

    @api.depends("category_id", "guide_id")
    def _compute_request_type(self):
        for case in self:
            if not case.request_type or case.state == "registered":
                described = case.guide_id or case._guides()
                case.request_type = "business" if described else "repair"

    @api.depends("category_id")
    def _compute_guide(self):
        for case in self:
            if case.state in (False, "registered") and not case.notice_issued_at:
                fitting = case._guides()
                if case.guide_id not in fitting:
                    case.guide_id = fitting if len(fitting) == 1 else None

    def _guides(self):
        # sudo: water.guide - known to every registrar
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
        """Begin the work; doing it oneself counts as accepting it."""
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
        """Reopen the request with new clocks; the old ones keep their result.

        Other people of the department handle it (重办).
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
        return self._dialog("water.material.wizard", self.env._("Request a Material"))

    def action_acknowledge(self):
        """Open the dialog that keeps the customer's signature under the notice."""
        self.ensure_one()
        return self._dialog("water.acknowledge.wizard", self.env._("Signed at the Counter"))

    def action_delay(self):
        """Open the dialog that asks a supervisor for more time.

        :raises UserError: when it can only be refused: why
        """
        self.ensure_one()
        return self._decision_dialog("delay", self.env._("Request a Delay"))

    def action_refuse(self):
        """Open the dialog that asks a supervisor to refuse the request.

        :raises UserError: when it is finished, or has been asked for already
        """
        self.ensure_one()
        return self._decision_dialog("refusal", self.env._("Request a Refusal"))

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
        """Tell the customer at once all that is incorrect with the materials."""
        self._return_materials()
        return True

    def action_open_notices(self):
        """Open the notices of the request."""
        return self._open_children("water.request.notice", self.env._("Notices"), "request_id")

    def action_open_decisions(self):
        """Open the delays and refusals of the request."""
        title = self.env._("Delays and Refusals")
        return self._open_children("water.request.decision", title, "request_id")

    def _refuse_write(self, vals):
        if vals.keys() & {"guide_id", "request_type", "category_id"}:
            self._check_guide_change(vals)
        super()._refuse_write(vals)

    def _on_guide(self, before, vals):
        self._fill_checklist()

    # -- checklist -----------------------------------------------------------------------------
    # The materials of an application, and the rule that they are asked for once (S2.3.2b).

    @api.depends("material_ids.state", "material_ids.mandatory")
    def _compute_materials_text(self):
        for case in self:
            wanted = case.material_ids.filtered("mandatory")
            correct = wanted.filtered(lambda row: row.state == "correct")
            case.materials_text = bool(wanted) and f"{len(correct)} / {len(wanted)}"

    def _fill_checklist(self):
        """Copy the guide's materials before the notice."""
        rows = []
        for case in self.filtered(lambda case: case.state == "registered"):
            # sudo: water.request.material - the guide decides the list
            old = trusted(case.sudo()).material_ids
            guide = case.guide_id.sudo()
            if case.notice_issued_at or old.guide_material_id.guide_id == guide:
                continue
            old.filtered("guide_material_id").unlink()
            lang = case.sudo()._customer_lang()
            rows += [
                part._request_values(case.id) for part in guide.with_context(lang=lang).material_ids
            ]
        trusted(self.env["water.request.material"].sudo()).create(rows)

    def _need_materials(self):
        """Require all mandatory materials to be correct; none without a guide."""
        wanted = self.sudo().material_ids.filtered("mandatory")
        left = wanted.filtered(lambda row: row.state != "correct")
        if self.request_type != "business":
            words = self.env._("a repair needs no materials: begin the work")
            return [Missing(words, "request_type")]
        if not self.guide_id:
            return [Missing(self.env._("choose the guide of the business"), "guide_id")]
        if left:
            names = left.mapped("name")
            words = self.env._("not complete or not correct yet: %(materials)s", materials=names)
            return [Missing(words, "material_ids")]
        return []

    def _ask_material(self, name, reason=False):
        """Ask the customer for a material that is not on the list.

        Before the notice it is added. After it the law of 一次性告知 applies: the request is
        refused, counted, logged and reported to the supervisors.

        :param name: of the material
        :param reason: why
        :return: "" if it was added, otherwise the refusal in the user's language
        """
        self.ensure_one()
        self.check_access("write")
        self._check_takes_materials()
        self._check_clerk()
        if not strip_invisible(name):
            raise UserError(self.env._("Say which material is asked for."))
        if not self._materials_fixed():
            row = {"request_id": self.id, "name": name, "note": reason}
            trusted(self.env["water.request.material"].sudo()).create(row)
            return ""
        count = self.second_request_count + 1
        trusted(self.sudo()).second_request_count = count
        self._log_events("material_refused", {"material": name, "reason": reason or ""})
        self._tell_second_request()
        return self._second_request_refusal()

    def _check_takes_materials(self):
        if self.request_type != "business":
            raise UserError(self.env._("A repair needs no materials."))

    def _materials_fixed(self):
        """Return whether the list is fixed, since the customer has received it."""
        return bool(self.notice_issued_at) or self.state != "registered"

    def _second_request_refusal(self):
        return self.env._(
            "%(case)s: the customer was told on %(day)s everything they have to bring. No new"
            " material may be asked for any more. Only what they have supplied may be asked for"
            " again when it is incorrect: mark it so in the list, with the reason. The attempt"
            " has been recorded.",
            case=self.name,
            day=self._customer_time(self.notice_issued_at or self.accepted_at),
        )

    def _check_clerk(self):
        user = self.env.user
        groups = (AGENT, DEPARTMENT)
        if not (self.env.su or any(map(user.has_group, groups))):
            raise AccessError(
                self.env._("Only the service desk and departments deal with materials.")
            )

    def _tell_second_request(self):
        group = self.env.ref(SUPERVISOR).sudo()
        company = self.sudo().company_id
        tell_staff(
            self,
            group.all_user_ids.filtered(lambda user: company in user.company_ids),
            lambda case: case.env._(
                "%(case)s: a second request of materials was refused", case=case.name
            ),
        )

    def _return_materials(self):
        """Send the customer one mail with all incorrect materials and the reasons.

        :raises UserError: if none is marked as incorrect
        """
        self.check_access("write")
        self._check_clerk()
        for case in self:
            wrong = case.sudo().material_ids.filtered(lambda row: row.state == "incorrect")
            if not wrong:
                raise UserError(self.env._("Mark what is incorrect, with the reason, first."))
            reasons = {row.name: row.reason for row in wrong}
            case._log_events("material_returned", {"materials": reasons})
            case._send_to_customer(self.env.ref("water_service_desk.mail_template_materials"))

    def _incorrect_lines(self):
        wrong = self.sudo().material_ids.filtered(lambda row: row.state == "incorrect")
        words = [self.env._("%(who)s: %(what)s", who=row.name, what=row.reason) for row in wrong]
        lines = [Markup("<li>%s</li>") % line for line in words]
        return Markup("<ul>%s</ul>") % Markup("").join(lines)

    # -- follow --------------------------------------------------------------------------------
    # Requirements of a request's steps, and what follows them.

    # -- requirements -------------------------------------------------------------------------

    def _missing_facts(self):
        """Require no address for an application, but always for a repair."""
        missing = super()._missing_facts()
        label = self._fields["address"]._description_string(self.env)
        if self.request_type == "business" and label in missing:
            missing.remove(label)
        return missing

    def _need_facts(self):
        """Let the crew leave for an emergency before all facts are entered."""
        return [] if self.severity == "emergency" else super()._need_facts()

    def _need_repair(self):
        if self.request_type == "repair":
            return []
        words = self.env._("a business is accepted with its materials first")
        return [Missing(words, "material_ids")]

    def _need_result(self):
        if strip_invisible(self.result):
            return []
        return [Missing(self.env._("write down the result first"), "result")]

    # -- clocks -------------------------------------------------------------------------------

    def _standard_lines(self, office):
        """Leave out the dispatch limit of an application, which starts with its materials."""
        lines = super()._standard_lines(office)
        if self.request_type == "business":
            lines = [line for line in lines if line.kind != "dispatch"]
        return tuple(self._own_line(line) for line in lines)

    def _own_line(self, line):
        if line.kind != "close":
            return line
        if self.request_type != "business" or self._is_own_data():
            line = line._replace(start_on="received")
        else:
            line = line._replace(start_on="accepted")
        days = self.request_type == "business" and self.guide_id.sudo().promised_days
        return line._replace(amount=days, unit="working_day") if days else line

    def _restart_clocks(self, kinds):
        clocks = self.env["water.deadline"]
        mine = self.filtered(lambda case: case._is_own_data())
        for kind, cases in (self - mine).grouped("request_type").items():
            start = "accepted" if kind == "business" else "received"
            clocks |= cases._start_clocks(start, at=fields.Datetime.now(), kinds=kinds)
        return clocks | mine._start_clocks("received", at=fields.Datetime.now(), kinds=kinds)

    # -- what follows ---------------------------------------------------------------------------

    def _transition_values(self, state):
        now = fields.Datetime.now()
        again = {"closed_at": False, "finished_at": False, "fed_back_at": False}
        again |= {"satisfaction": False, "satisfaction_reason": False, "said_goodbye": False}
        stamps = {
            "accepted": {"accepted_at": now},
            "processing": again,
            "feedback": {"finished_at": now},
        }
        return stamps.get(state, {"closed_at": now} if state in self._final_states else {})

    def _after_transition(self, origins, state):
        if state == "accepted":  # the mail to the customer names the promised date
            # promises of a repair that turned out to be an application stay
            fresh = self.filtered(lambda case: "close" not in case._open_clocks().mapped("kind"))
            fresh._start_clocks("accepted", at=fields.Datetime.now())
        super()._after_transition(origins, state)
        if state in {"feedback", *self._final_states}:  # finished work is no longer refused
            self.sudo().decision_ids._lapse()
        follow = getattr(self, f"_after_{state}", None)
        if follow:
            follow(origins)

    def _after_accepted(self, origins):
        self._log_events("accepted", {case.id: case._guide_payload() for case in self})
        self.env["water.request.step"]._begin(self)

    def _guide_payload(self):
        guide = self.guide_id.sudo()
        return {"guide": guide.code or "", "version": guide.version}

    def _after_processing(self, origins):
        reopened = self.filtered(lambda case: origins[case.id] in ("feedback", "closed"))
        if reopened:
            reopened._count_reopened(origins)
            reopened._clocks_of_telling()._void()
            reopened._restart_clocks(("close",))
            self.env["water.request.step"]._begin_again(reopened)

    def _clocks_of_telling(self):
        """Return clocks until the result is told: a contested result was not told."""
        return self.sudo()._open_clocks().filtered(lambda clock: clock.kind == "feedback")

    def _after_feedback(self, origins):
        self._clocks_of_dispatching()._end_work()  # done without a department
        self._log_events("finished", {case.id: {"result": case.result} for case in self})
        self._start_clocks("finished", at=fields.Datetime.now())
        self._answer_merged()

    def _after_closed(self, origins):
        self._log_events("closed", {case.id: case._closing_payload() for case in self})
        self._plan_callbacks()

    def _callback_promised(self):
        """Call urgent repairs back by their standard, regardless of the sample."""
        office = self.company_id.sudo()._water_calendar()
        return any(line.kind == "callback" for line in self._standard_lines(office))

    def _after_rejected(self, origins):
        self._log_events("refused", {case.id: case._refusal_payload() for case in self})
        self._end_work()

    def _after_withdrawn(self, origins):
        self._log_events("withdrawn")
        self._end_work()

    def _end_work(self):
        self.sudo().dispatch_ids._cancel()
        self._cancel_visits()
        self.sudo().callback_ids._void("cancelled")
        self._clocks_of_case()._void()

    # -- departments ------------------------------------------------------------------------------

    def _dispatch_on_call(self):
        """A repair that is an emergency goes to the department on call at once, by itself."""
        super()._dispatch_on_call()
        for case in self.sudo():
            department = case._proposed_department()
            if (
                case.request_type == "repair"
                and case.severity == "emergency"
                and case.state == "registered"
                and department
                and not case.dispatch_ids
            ):
                supports = case._of_its_company(case.category_id.support_department_ids)
                case._dispatch(department, supports)

    def _prepare_dispatch(self, department):
        super()._prepare_dispatch(department)
        if self.state == "accepted" or (self.state, self.request_type) == ("registered", "repair"):
            self._move_to("processing")

    def _on_dispatch_accepted(self, dispatch):
        super()._on_dispatch_accepted(dispatch)
        if dispatch.role == "lead":
            trusted(self).user_id = self.env.user

    def _on_dispatch_rejected(self, dispatch):
        super()._on_dispatch_rejected(dispatch)
        if dispatch.role == "lead":
            self._back_to_desk()

    def _on_dispatch_finished(self, dispatch):
        super()._on_dispatch_finished(dispatch)
        if dispatch.role == "lead":
            if not self.result or dispatch.handling_round > 1:
                self.result = dispatch.result
            self._back_to_desk()
        led = self.sudo().dispatch_ids.filtered(lambda row: row.role == "lead").sorted("id")[-1:]
        done = self.state == "processing" and led.state == "finished" and not self._who_waits()
        if done and not self._refusals("feedback"):
            self._move_to("feedback")

    def _on_visit_finished(self, visit):
        super()._on_visit_finished(visit)
        if visit.outcome == "done" and not self.result:
            self.result = visit.result

    def _on_callback_done(self, callback):
        super()._on_callback_done(callback)
        if callback.outcome == "not_solved" and self.state == "closed":
            self._reopen_by_callback(callback, "processing")

    # -- own data ------------------------------------------------------------------------------
    # Requests for one's own data: access, correction, erasure (PIPL art. 44 to 50).

    def _is_own_data(self):
        own_data = self.env.ref(OWN_DATA, raise_if_not_found=False)
        return bool(own_data) and self.category_id == own_data

    def _tell_privacy_officers(self):
        """Notify the privacy officers, who provide and erase data; the desk answers as usual."""
        # sudo: res.groups - who keeps personal data is asked for by the system
        officers = self.env.ref(PRIVACY).sudo().all_user_ids
        for case in self.sudo().filtered(lambda row: row._is_own_data()):
            tell_staff(
                case,
                case._may_hear(officers),
                lambda row: row.env._("%s: a customer asks for their own data", row.name),
            )
