from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base import windows
from ...base.moments import is_late
from ...base.roles import SUPERVISOR
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import strip_invisible
from ...clock.models.water_deadline_pausing import LEAST
from ...clock.models.water_standard_line import UNITS

#: Marks that a clock is moved by an approved delay; no remote caller can send this object.
_DECIDING = object()


class WaterRequestDecision(models.Model):
    """A delay or a refusal: asked for with code and alternative, decided by a supervisor,
    told to the customer (S2.3.2c).

    A delay is approved before the due time or not at all: afterwards the clock is breached.
    """

    _name = "water.request.decision"
    _inherit = ["water.readonly.mixin", "water.decision.mixin", "water.mixin"]
    _asked_by = "requested_by_id"
    _description = "Delay or Refusal of a Request"
    _order = "id desc"
    _rec_name = "request_id"
    _allow_sudo_commands = False

    request_id = fields.Many2one(
        "water.request", required=True, readonly=True, index=True, ondelete="restrict"
    )
    case_name = fields.Char(related="request_id.name", string="Request Number")
    case_subject = fields.Char(related="request_id.subject", string="Matter")
    kind = fields.Selection(
        [("delay", "Delay"), ("refusal", "Refusal")], required=True, readonly=True
    )
    reason_id = fields.Many2one(
        "water.request.reason", required=True, readonly=True, ondelete="restrict"
    )
    note = fields.Text(string="Explanation", readonly=True)
    alternative = fields.Text(string="Alternative Offered", required=True, readonly=True)
    amount = fields.Float(string="By", readonly=True)
    unit = fields.Selection(UNITS, readonly=True)
    state = fields.Selection(
        [
            ("requested", "To decide"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("lapsed", "Lapsed"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="requested",
        index=True,
    )
    requested_by_id = fields.Many2one("res.users", required=True, readonly=True)
    requested_at = fields.Datetime(required=True, readonly=True)
    old_due_at = fields.Datetime(string="Limit before", readonly=True)
    new_due_at = fields.Datetime(string="New Limit", readonly=True)
    in_time = fields.Boolean(
        string="Told in Time", readonly=True, help="The customer was told before the due time."
    )
    notice_id = fields.Many2one("water.request.notice", readonly=True)
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    limit_before = fields.Datetime(compute="_compute_limits", string="Moves from")
    limit_after = fields.Datetime(compute="_compute_limits", string="Moves to")

    @api.depends("state", "old_due_at", "new_due_at")
    def _compute_limits(self):
        """Show the present limits to the user who decides."""
        for row in self:
            row.limit_before, row.limit_after = row.old_due_at, row.new_due_at
            clock = row.state == "requested" and row._clock_of(row.request_id)
            if clock:
                row.limit_before = clock.due_at
            if clock and row.kind == "delay":
                row.limit_after = clock._due_moved("extension", row._asked())

    @api.model
    def _readonly_message(self):
        return self.env._("Delays and refusals are asked for with the button of the request.")

    @api.model
    def _is_deciding(self, env):
        return env.context.get("water_deciding") is _DECIDING

    @api.model
    def _ask(self, request, values):
        """Create the decision and notify the supervisors.

        :param request: one water.request, access checked
        :param values: kind, reason_id, alternative, note, amount, unit
        """
        if not strip_invisible(values["alternative"]):
            raise UserError(self.env._("Say what the customer is offered instead."))
        self._check_askable(request, values["kind"])
        clock = self._clock_of(request)
        if values["kind"] == "delay":
            self._check_delay(clock, {name: values[name] for name in LEAST})
        now = fields.Datetime.now()
        row = values | {
            "request_id": request.id,
            "requested_by_id": self.env.uid,
            "requested_at": now,
            "old_due_at": clock.due_at,
        }
        # sudo: water.request.decision - written by this checked service alone
        decision = trusted(self.sudo()).create(row)
        request._log_events("decision_asked", decision._payload())
        decision._tell_supervisors()
        return decision.with_env(self.env)

    @api.model
    def _check_askable(self, request, kind):
        """:raises UserError: when a delay or refusal cannot be asked for now at all: why"""
        if request.state in request._final_states:
            raise UserError(self.env._("This request is finished."))
        # sudo: water.request.decision - that one waits is no secret of the case
        rows = request.sudo().decision_ids
        if rows.filtered(lambda row: row.kind == kind and row.state == "requested"):
            raise UserError(
                self.env._("This has been asked for already: it waits for a supervisor's decision.")
            )
        if kind == "delay":
            self._check_delay(self._clock_of(request), LEAST)

    @api.model
    def _clock_of(self, request):
        clocks = request.sudo()._open_clocks()
        return clocks.filtered(lambda clock: clock.kind == "close" and not clock.visit_id)[-1:]

    @api.model
    def _check_delay(self, clock, asked):
        if not clock:
            raise UserError(self.env._("No time limit is running that could be moved."))
        if asked["amount"] <= 0:
            raise UserError(self.env._("Choose by how much the limit moves."))
        clock._check_pausable()
        clock._check_request("extension", asked)

    def _asked(self):
        return {"amount": self.amount, "unit": self.unit}

    def _payload(self):
        return {
            "decision": self.kind,
            "reason": self.reason_id.code,
            "note": self.note or "",
            "alternative": self.alternative,
        }

    def _tell_supervisors(self):
        group = self.env.ref(SUPERVISOR).sudo()
        tell_staff(
            self.sudo().request_id,
            group.all_user_ids.filtered(lambda user: self.company_id in user.company_ids),
            lambda case: case.env._(
                "%(case)s: a delay or refusal waits for your decision", case=case.name
            ),
        )

    # -- deciding -------------------------------------------------------------------------------

    def _decision_error(self, approves=True):
        """A supervisor who has not the work decides, and moves a limit before the due time."""
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            return UserError(self.env._("Only a supervisor can decide on a delay or a refusal."))
        error = super()._decision_error(approves)
        if error or self._is_own():
            return error
        if self._has_the_work():
            return UserError(self.env._("The handler of the work does not decide on it."))
        if approves and self.kind == "delay":
            clock = self._clock_of(self.request_id)
            fault = clock._pausing_fault() or clock._request_fault("extension", self._asked())
            return UserError(fault) if fault else None
        return None

    def _has_the_work(self):
        if self.kind == "refusal":
            return self.env.user in self.request_id._workers()
        # sudo: water.deadline - who has the work
        clock = self.sudo()._clock_of(self.request_id)
        return bool(clock) and self.env.user in clock._who_gains(self.requested_by_id)

    def _after_approved(self):
        """The customer is told, and the limit moves or the request ends."""
        request = self.request_id
        clock = self._clock_of(request)
        values = {"in_time": not clock or not is_late(clock.due_at, fields.Datetime.now())}
        row = trusted(self.sudo())
        if self.kind == "delay":  # it may have moved since it was asked for
            values["old_due_at"] = clock.due_at
            values["new_due_at"] = self._move_limit(clock)
        row.write(values)
        request._log_events("decision_approved", self._payload())
        content = request.with_context(lang=request._customer_lang())._decision_content(row)
        row.notice_id = self.env["water.request.notice"]._issue(request, self.kind, content)
        if self.kind == "refusal":
            request._move_to("rejected")

    def _move_limit(self, clock):
        # sudo: water.deadline - the decision has been checked; the pauses keep both names
        marked = clock.sudo().with_context(water_deciding=_DECIDING)
        asked = marked.with_user(self.requested_by_id).sudo()
        reason = self.note or self.reason_id.name
        pause = asked._request_extension(reason, self.amount, self.unit)
        pause.with_user(self.env.user).sudo().action_approve()
        return clock.sudo().due_at

    def _after_refused(self, reason):
        self.request_id._log_events("decision_declined", self._payload())
        case = self.sudo().request_id
        tell_staff(case, self.requested_by_id, _refused_subject, lambda _row: reason)

    def _after_taken_back(self, reason):
        self.request_id._log_events("decision_withdrawn", self._payload())
        case = self.sudo().request_id
        people = case._may_hear(case._desk_supervisors()) - self.env.user
        tell_staff(case, people, _withdrawn_subject, lambda _row: reason)

    def _lapse(self):
        """Void open decisions; notify the users who asked and would decide."""
        open_ = self.sudo().filtered(lambda row: row.state == "requested")
        trusted(open_).state = "lapsed"
        for decision in open_:
            case = decision.request_id
            case._log_events("decision_lapsed", decision._payload())
            people = decision.requested_by_id | case._desk_supervisors()
            tell_staff(case, case._may_hear(people), _lapsed_subject)

    def action_open_case(self):
        """Open the request (its own access rules apply there)."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.request_id)


def _refused_subject(case):
    return case.env._("%s: the delay or refusal was refused", case.name)


def _withdrawn_subject(case):
    return case.env._("%s: the delay or refusal was withdrawn", case.name)


def _lapsed_subject(case):
    return case.env._("%s: the delay or refusal is no longer to be decided", case.name)
