from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.moments import is_late
from ...base.tables import table_of
from ...base.trust import trusted
from .water_standard_line import AFTER_CLOSING, CLOCK_KINDS, UNITS

#: What was promised, and thereby which event keeps the promise.
PROMISE_KINDS = [
    ("result", "The result"),
    ("contact", "A call or message"),
    ("visit", "A visit"),
    ("other", "Something else"),
]

#: States of a clock whose work is still to be done.
PENDING_STATES = ("running", "breached")
#: What people give, at the moment of the closing as well: it comes after it.
GIVEN = ("promise", "work")


def _case_columns(registry):
    """The links to a case that the installed addons bring."""
    deadlines = registry["water.deadline"]
    return [name for name in table_of(deadlines, "_case_links") if name in deadlines._fields]


class WaterDeadline(models.Model):
    """One clock of one case. Set and met by events, never by the order of stages (S3.1.2).

    What the standard promised is copied here when the clock starts, so that later editions
    of the standard leave it alone.
    """

    _name = "water.deadline"
    _inherit = ["water.sent.mixin", "water.kept.mixin", "water.case.link.mixin"]
    _description = "Time Limit"
    _dossier_order = 80
    _dossier = (
        "kind",
        "label",
        "state",
        "started_at",
        "due_at",
        "planned_due_at",
        "warned_at",
        "met_at",
        "breached_at",
        "breached_department_id",
        "breached_user_id",
        "breach_reason",
        "breach_note",
        "breach_by_id",
        "excuse_state",
        "excuse_by_id",
        "handling_round",
        "paused_minutes",
        "provisional",
        "promised_provisional",
        "explanation",
        "pause_ids",
    )
    _order = "due_at, id"
    _rec_name = "label"
    _allow_sudo_commands = False

    kind = fields.Selection(CLOCK_KINDS, required=True, readonly=True)
    promise_kind = fields.Selection(PROMISE_KINDS, readonly=True, help="What keeps the promise.")
    label = fields.Char(readonly=True, help="What was promised, in the words used.")
    standard_line_id = fields.Many2one(
        "water.standard.line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    amount = fields.Float(readonly=True)
    unit = fields.Selection(UNITS, readonly=True)
    calendar_id = fields.Many2one("resource.calendar", readonly=True)
    started_at = fields.Datetime(required=True, readonly=True)
    warn_at = fields.Datetime(readonly=True)
    warned_at = fields.Datetime(readonly=True)
    due_at = fields.Datetime(required=True, readonly=True, index=True)
    planned_due_at = fields.Datetime(
        string="Original Limit", readonly=True, help="Before any pause or extension."
    )
    pause_ids = fields.One2many("water.deadline.pause", "deadline_id", string="Pauses")
    provisional = fields.Boolean(
        readonly=True, help="The limit reaches a year whose holidays are not known yet."
    )
    promised_provisional = fields.Boolean(
        string="Promised as Provisional",
        readonly=True,
        help="The limit in force was provisional when it was promised: it costs no penalty.",
    )
    moved_from = fields.Datetime(
        readonly=True,
        copy=False,
        help="The limit that the customer was told, moved since by the calendar and not told yet.",
    )
    is_dropped = fields.Boolean(
        readonly=True, help="The standard that holds now does not promise it; another one may."
    )
    met_at = fields.Datetime(readonly=True)
    breached_at = fields.Datetime(readonly=True)
    paused_minutes = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("met", "Met"),
            ("breached", "Exceeded"),
            ("void", "Not applicable"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    next_check_at = fields.Datetime(
        readonly=True, help="When the sweep has to look at this clock again."
    )
    department_id = fields.Many2one(
        "water.department",
        compute="_compute_department",
        store=True,
        precompute=True,
        readonly=False,  # as the other copies, see water.case.link.mixin
        index="btree_not_null",
    )
    sent_to = fields.Char(compute="_compute_sent_to", store=True, precompute=True, readonly=False)
    user_id = fields.Many2one("res.users", compute="_compute_owner", compute_sudo=True)
    # for the duty board alone: still to be done
    is_pending = fields.Boolean(
        compute="_compute_is_pending",
        store=True,
        precompute=True,
        readonly=False,
    )

    _next_check_idx = models.Index("(next_check_at) WHERE next_check_at IS NOT NULL")
    _provisional_idx = models.Index("(state) WHERE provisional")
    # For the duty board: in its order, counted and ruled upon without a look at the table. The
    # conditions of partial indexes are written as the ORM writes them, or they are not used.
    _pending_idx = models.Index(
        lambda registry: (
            "(due_at, id) INCLUDE (company_id, is_restricted, sent_to, "
            f"{', '.join(_case_columns(registry))}) WHERE is_pending IS TRUE"
        )
    )

    @api.model
    def _copied_fields(self):
        return super()._copied_fields() | {"department_id", "is_pending", "sent_to", "zone_id"}

    @api.model
    def _copied_values(self, case, vals):
        runs = not vals.get("met_at") and vals.get("state", "running") in PENDING_STATES
        return super()._copied_values(case, vals) | {
            "department_id": case.department_id.id,
            "zone_id": case.zone_id.id,
            "sent_to": case.sent_to,
            "promised_provisional": bool(vals.get("provisional")),
            "is_pending": runs and self._goes_on(vals["kind"], vals.get("started_at"), case),
        }

    @api.model
    def _kept_message(self):
        return self.env._("Time limits are set by what happens to a case, not by hand.")

    @api.depends(lambda self: [f"{name}.department_id" for name in self._case_models()])
    def _compute_department(self):
        for clock in self:
            clock.department_id = clock._case().department_id

    @api.depends(lambda self: self._case_paths("sent_to"))
    def _compute_sent_to(self):
        for clock in self:
            case = clock._case_or_none()  # none while an upgrade has not loaded complaints yet
            clock.sent_to = case is not None and case.sent_to

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_owner(self):
        for clock in self:
            case = clock._case()
            answers = case._acting_responsible() or case.first_responsible_id
            clock.user_id = case.user_id or answers

    @api.depends(
        lambda self: ["kind", "state", "met_at", "started_at", *self._case_paths("closed_at")]
    )
    def _compute_is_pending(self):
        """Not met, and of a case that is still open, or going on after its closing."""
        for clock in self:
            runs = not clock.met_at and clock.state in PENDING_STATES
            case = clock._case()
            clock.is_pending = runs and self._goes_on(clock.kind, clock.started_at, case)

    @api.model
    def _goes_on(self, kind, started_at, case):
        """Whether it runs although the work is done: by its kind, or begun only then.

        What is promised, planned or given to a department after the closing is still to be done.

        :param started_at: naive UTC
        :param case: what it belongs to
        """
        closed_at = case.closed_at
        if kind in AFTER_CLOSING or not (closed_at and started_at):
            return kind in AFTER_CLOSING or not closed_at
        return started_at > closed_at or (started_at == closed_at and kind in GIVEN)

    def _promises_result(self):
        """Whether the customer can count on the result by then."""
        told = self.kind == "promise" and self.promise_kind in (False, "result")
        given = told or self.kind == "close"
        return given and self.state != "void" and not self._is_appointment()

    def _summary(self):
        """The state of a case by its open clocks, as ``deadline_state`` of the case."""
        states = set(self.mapped("state"))
        if "breached" in states:
            return "breached"
        if "running" in states:
            running = self.filtered(lambda clock: clock.state == "running")
            return "soon" if any(running.mapped("warned_at")) else "ok"
        return "paused" if states else "none"

    # -- what events do to clocks ---------------------------------------------------------

    def _meet(self, at):
        """The promised thing happened at ``at`` (naive UTC); late is late for good.

        What happens during a pause is measured against the limit as the pause moves it.
        """
        self.filtered(lambda clock: clock.state == "paused")._resume(at, goes_on=False)
        late = self.browse()
        ended = self.filtered(lambda clock: not clock.met_at and clock.state != "void")
        for clock in ended:
            values = {"met_at": at, "next_check_at": False}
            if clock._is_missed(at):
                if clock.state != "breached":
                    late += clock
                    values |= clock._breach_values()
            elif clock.state != "breached":
                values["state"] = "met"
            trusted(clock.sudo()).write(values)
        ended._lapse_requests()
        late._after_breach()

    def _void(self):
        """The clock no longer applies: not met, not breached.

        One that was missed stays so, and nobody is told more of it.
        """
        self.filtered(lambda clock: clock.state == "paused")._resume(goes_on=False)
        unmet = self.filtered(lambda clock: not clock.met_at)
        trusted(unmet.sudo()).write({"next_check_at": False})
        open_clocks = unmet.filtered(lambda clock: clock.state != "breached")
        trusted(open_clocks.sudo()).write({"state": "void"})
        open_clocks._lapse_requests()

    def _drop(self, reason):
        """What was promised no longer applies: void, on record.

        :param reason: why
        """
        payloads = {
            clock.id: {"clock": clock.kind, "due": clock.due_at.isoformat(), "reason": reason}
            for clock in self
        }
        self._void()
        trusted(self.sudo()).is_dropped = True
        self._log_on_cases("clock_voided", payloads)

    def action_promise_kept(self):
        """Somebody has done what was promised: kept now, or broken and done late.

        :raises UserError: for a clock that is no open promise, or of a finished case
        """
        for clock in self:
            case = clock._case()
            case.check_access("write")
            case._check_unsealed()
            if clock.kind != "promise" or clock not in case.sudo()._open_clocks():
                raise UserError(self.env._("Choose promises that have not been kept yet."))
            case._log_events("promise_kept", {"clock": clock.kind, "note": clock.label or ""})
            clock._meet(fields.Datetime.now())
        return True

    # -- when rules or calendars change -----------------------------------------------------

    def _settle(self):
        """Their limits are certain now, as long as they lie ahead: they are promised anew."""
        now = fields.Datetime.now()
        certain = self.filtered(lambda clock: not (clock.provisional or is_late(clock.due_at, now)))
        trusted(certain.sudo()).promised_provisional = False

    def _tell_moved(self):
        """Customers hear once that a date which they were told has moved with the calendar."""
        moved = self.filtered("moved_from")
        other = moved.filtered(lambda clock: clock.due_at != clock.moved_from)
        trusted(moved.sudo()).moved_from = False
        told = other.filtered(lambda clock: clock._is_told_to_customer()).sorted("id")
        # about the date that counts, however many of a case have moved
        newest = {clock._message_case(): clock.id for clock in told}
        self.browse(newest.values())._tell_new_dates()

    def _tell_new_dates(self):
        """Hook: tell the customers of these limits, one for each case, the new dates."""

    def _is_told_to_customer(self):
        """Whether the customer knows the date: the result, or what else was promised to him."""
        return self.kind in ("close", "promise") and not self._is_appointment()

    def _own_start(self):
        """From when its own limit counts."""
        return self.started_at

    def _replan_by(self, values, reason):
        """Follow another edition of the standard from the same start."""
        fields_ = ("standard_line_id", "amount", "unit", "calendar_id", "started_at")
        trusted(self.sudo()).write({name: values[name] for name in fields_})
        if values["due_at"] != self.planned_due_at:
            self._replan({self: (values["due_at"], values["provisional"])}, reason)

    @api.model
    def _replan(self, limits, reason, is_final=False):
        """Set newly worked-out limits and keep the old ones in the chains.

        :param limits: {clock: (due, provisional)}, before its pauses and extensions
        :param is_final: these are the dates themselves: what was paused before moves them not
        """
        payloads = {}
        for clock, (due, provisional) in limits.items():
            old = clock.due_at
            trusted(clock.sudo()).planned_due_at = due
            limit = (due, provisional) if is_final else clock._replay_pauses(due, provisional)
            clock._move_due(*limit)
            moves = {"old": old.isoformat(), "new": clock.due_at.isoformat()}
            payloads[clock.id] = {"clock": clock.kind, **moves, "reason": reason}
        clocks = self.browse(payloads)
        clocks._log_on_cases("clock_replanned", payloads)
        clocks._wake_sweep()
