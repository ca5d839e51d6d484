from odoo import api, fields, models

from ..tools.moments import short_writer
from ..tools.trust import trusted
from .water_case_link_mixin import CASE_FIELDS
from .water_standard_line import CLOCK_KINDS, UNITS

#: States of a clock whose work is still to be done.
PENDING_STATES = ("running", "breached")


def _case_columns(registry):
    """The links to a case that the installed addons bring."""
    return [name for name in CASE_FIELDS if name in registry["water.deadline"]._fields]


class WaterDeadline(models.Model):
    """One clock of one case. Set and met by events, never by the order of stages (S3.1.2).

    What the standard promised is copied here when the clock starts, so that later editions
    of the standard leave it alone.
    """

    _name = "water.deadline"
    _inherit = [
        "water.kept.mixin",
        "water.case.link.mixin",
        "water.sweep.mixin",
        "water.pause.mixin",
    ]
    _description = "Time Limit"
    _order = "due_at, id"
    _rec_name = "kind"
    _allow_sudo_commands = False

    kind = fields.Selection(CLOCK_KINDS, required=True, readonly=True)
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
    met_at = fields.Datetime(readonly=True)
    breached_at = fields.Datetime(readonly=True)
    paused_minutes = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("met", "Met"),
            ("breached", "Breached"),
            ("void", "Not applicable"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    next_check_at = fields.Datetime(
        readonly=True, help="When the sweep has to look at this clock again."
    )
    explanation = fields.Char(compute="_compute_explanation")
    time_left = fields.Char(compute="_compute_time_left")
    is_late = fields.Boolean(compute="_compute_time_left", export_string_translation=False)
    department_id = fields.Many2one(
        "water.department",
        compute="_compute_department",
        store=True,
        precompute=True,
        readonly=False,  # as the other copies, see water.case.link.mixin
        index="btree_not_null",
    )
    user_id = fields.Many2one("res.users", compute="_compute_owner", compute_sudo=True)
    is_pending = fields.Boolean(
        compute="_compute_is_pending",
        store=True,
        precompute=True,
        readonly=False,
        export_string_translation=False,  # for the duty board alone: still to be done
    )

    _next_check_idx = models.Index("(next_check_at) WHERE next_check_at IS NOT NULL")
    # For the duty board: in its order, counted and ruled upon without a look at the table. The
    # conditions of partial indexes are written as the ORM writes them, or they are not used.
    _pending_idx = models.Index(
        lambda registry: (
            "(due_at, id) INCLUDE (company_id, is_restricted, "
            f"{', '.join(_case_columns(registry))}) WHERE is_pending IS TRUE"
        )
    )

    @api.model
    def _copied_fields(self):
        return super()._copied_fields() | {"department_id", "is_pending"}

    @api.model
    def _copied_values(self, case, vals):
        runs = not vals.get("met_at") and vals.get("state", "running") in PENDING_STATES
        return super()._copied_values(case, vals) | {
            "department_id": case.department_id.id,
            "is_pending": runs and (vals["kind"] == "callback" or not case.closed_at),
        }

    @api.model
    def _kept_message(self):
        return self.env._("Time limits are set by what happens to a case, not by hand.")

    @api.depends("started_at", "due_at", "amount", "unit", "provisional", "paused_minutes")
    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        units = dict(self._fields["unit"]._description_selection(self.env))
        short = short_writer(self.env)
        texts = {
            "working_day": self.env._(
                "%(amount)g working days from %(start)s (that day not counted),"
                " until close of business: %(due)s."
            ),
            "other": self.env._("%(amount)g %(unit)s from %(start)s: %(due)s."),
            "given": self.env._("Promised on %(start)s for %(due)s."),
        }
        for clock in self:
            text = texts.get(clock.unit, texts["other" if clock.unit else "given"]) % {
                "amount": clock.amount,
                "unit": units.get(clock.unit, ""),
                "start": short(clock.started_at),
                "due": short(clock.due_at),
            }
            more = clock._explain_more(short)
            clock.explanation = " ".join(part for part in (text, *more) if part)

    def _explain_more(self, short):
        """What else moved the limit or may still move it, as whole sentences."""
        if self.paused_minutes:
            yield self.env._("Paused for %(minutes)s minutes.", minutes=self.paused_minutes)
        if self.planned_due_at and self.planned_due_at != self.due_at:
            yield self.env._("First limit: %(due)s.", due=short(self.planned_due_at))
        if self.unit in ("working_day", "working_hour"):
            days_off = self.calendar_id._water_days_off(self.started_at, self.due_at)
            if days_off:
                yield self.env._("Days off in between: %(days)s.", days=", ".join(days_off))
        if self.provisional:
            yield self.env._("Provisional: the holidays of that year are not announced yet.")

    @api.depends("due_at", "met_at", "state")
    @api.depends_context("lang")
    def _compute_time_left(self):
        now, words = fields.Datetime.now(), self.env["water.deadline.mixin"]
        for clock in self:
            runs = not clock.met_at and clock.state in ("running", "breached")
            clock.time_left = runs and words._until_text(clock.due_at, now)
            clock.is_late = runs and clock.due_at < now

    @api.depends(lambda self: [f"{name}.department_id" for name in self._case_models()])
    def _compute_department(self):
        for clock in self:
            clock.department_id = clock._case().department_id

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_owner(self):
        for clock in self:
            case = clock._case()
            clock.user_id = case.user_id or case.first_responsible_id

    @api.depends(lambda self: ["kind", "state", "met_at", *self._case_paths("closed_at")])
    def _compute_is_pending(self):
        """Not met, and of a case that is still open; a call-back is made after the closing."""
        for clock in self:
            runs = not clock.met_at and clock.state in PENDING_STATES
            clock.is_pending = runs and (clock.kind == "callback" or not clock._case().closed_at)

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
        self.filtered(lambda clock: clock.state == "paused")._resume(at)
        for clock in self.filtered(lambda clock: not clock.met_at and clock.state != "void"):
            values = {"met_at": at, "next_check_at": False}
            if at > clock.due_at:
                values |= {"state": "breached", "breached_at": clock.breached_at or clock.due_at}
            elif clock.state != "breached":
                values["state"] = "met"
            trusted(clock.sudo()).write(values)

    def _void(self):
        """The clock no longer applies: not met, not breached."""
        self.filtered(lambda clock: clock.state == "paused")._resume()
        open_clocks = self.filtered(lambda clock: not clock.met_at and clock.state != "breached")
        trusted(open_clocks.sudo()).write({"state": "void", "next_check_at": False})

    # -- when rules or calendars change -----------------------------------------------------

    @api.model
    def _recompute_provisional(self):
        """Work out again, with a log entry, what reached a year that is known now."""
        clocks = self.search([("provisional", "=", True), ("state", "=", "running")])
        for clock in clocks:
            due, provisional = clock.calendar_id._water_due_at(
                clock.started_at, clock.amount, clock.unit
            )
            if (due, provisional) != (clock.planned_due_at, True):
                clock._replan(due, provisional, self.env._("Holidays have been announced."))
        return clocks

    def _replan_by(self, values, reason):
        """Follow another edition of the standard from the same start."""
        fields_ = ("standard_line_id", "amount", "unit", "calendar_id")
        trusted(self.sudo()).write({name: values[name] for name in fields_})
        if values["due_at"] != self.planned_due_at:
            self._replan(values["due_at"], values["provisional"], reason)

    def _replan(self, due, provisional, reason):
        """Set a newly worked-out limit and keep the old one in the chain."""
        case, old = self._case(), self.due_at
        shift = self.due_at - self.planned_due_at
        trusted(self.sudo()).planned_due_at = due
        self._move_due(due + shift, provisional)
        case._log_events(
            "clock_replanned",
            {
                "clock": self.kind,
                "old": old.isoformat(),
                "new": self.due_at.isoformat(),
                "reason": reason,
            },
        )
