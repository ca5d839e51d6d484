from odoo import api, fields, models

from ..tools.trust import trusted
from .water_standard_line import CLOCK_KINDS, UNITS


class WaterDeadline(models.Model):
    """One clock of one case. Set and met by events, never by the order of stages (S3.1.2).

    What the standard promised is copied here when the clock starts, so that later editions
    of the standard leave it alone.
    """

    _name = "water.deadline"
    _inherit = [
        "water.kept.mixin",
        "water.clock.display.mixin",
        "water.duty.mixin",
        "water.sweep.mixin",
        "water.pause.mixin",
    ]
    _description = "Time Limit"
    _order = "due_at, id"
    _rec_name = "label"
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
    department_id = fields.Many2one(
        "water.department",
        compute="_compute_department",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    user_id = fields.Many2one("res.users", compute="_compute_owner", compute_sudo=True)

    _next_check_idx = models.Index("(next_check_at) WHERE next_check_at IS NOT NULL")
    _open_idx = models.Index("(due_at) WHERE state = 'running'")
    _pending_idx = models.Index("(due_at, id) WHERE is_pending IS TRUE")

    @api.model
    def _kept_message(self):
        return self.env._("Time limits are set by what happens to a case, not by hand.")

    @api.depends(lambda self: [f"{name}.department_id" for name in self._case_models()])
    def _compute_department(self):
        for clock in self:
            clock.department_id = clock._case().department_id

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_owner(self):
        for clock in self:
            case = clock._case()
            clock.user_id = case.user_id or case.first_responsible_id

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
