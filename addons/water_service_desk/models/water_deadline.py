import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime, split_every

from ..tools.trust import is_trusted, trusted
from .water_standard_line import CLOCK_KINDS, UNITS

_logger = logging.getLogger(__name__)

#: Clocks looked at per committed batch of the sweep.
SWEEP_BATCH = 100


class WaterDeadline(models.Model):
    """One clock of one case. Set and met by events, never by the order of stages (S3.1.2).

    What the standard promised is copied here when the clock starts, so that later editions
    of the standard leave it alone.
    """

    _name = "water.deadline"
    _inherit = ["water.case.link.mixin"]
    _description = "Time Limit"
    _order = "due_at, id"
    _rec_name = "kind"
    _allow_sudo_commands = False

    kind = fields.Selection(CLOCK_KINDS, required=True, readonly=True)
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
        index="btree_not_null",
    )
    user_id = fields.Many2one("res.users", compute="_compute_owner", compute_sudo=True)

    _next_check_idx = models.Index("(next_check_at) WHERE next_check_at IS NOT NULL")
    _open_idx = models.Index("(due_at) WHERE state = 'running'")

    @api.model_create_multi
    def create(self, vals_list):
        self._check_trusted()
        return super().create(vals_list)

    def write(self, vals):
        self._check_trusted()
        return super().write(vals)

    def unlink(self):
        self._check_trusted()
        return super().unlink()

    def _check_trusted(self):
        """Clocks are set by events alone, whoever asks."""
        if not is_trusted(self.env):
            raise AccessError(
                self.env._("Time limits are set by what happens to a case, not by hand.")
            )

    @api.depends("started_at", "due_at", "amount", "unit", "provisional")
    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        units = dict(self._fields["unit"]._description_selection(self.env))
        texts = {
            "working_day": self.env._(
                "%(amount)g working days from %(start)s (that day not counted),"
                " until close of business: %(due)s"
            ),
            "other": self.env._("%(amount)g %(unit)s from %(start)s: %(due)s"),
        }
        for clock in self:
            text = texts.get(clock.unit, texts["other"]) % {
                "amount": clock.amount,
                "unit": units.get(clock.unit, ""),
                "start": format_datetime(self.env, clock.started_at, dt_format="short"),
                "due": format_datetime(self.env, clock.due_at, dt_format="short"),
            }
            note = (
                self.env._(" (provisional: holidays not announced yet)")
                if clock.provisional
                else ""
            )
            clock.explanation = text + note

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

    # -- what events do to clocks ---------------------------------------------------------

    def _meet(self, at):
        """The promised thing happened at ``at`` (naive UTC); late is late for good."""
        for clock in self.filtered(lambda clock: not clock.met_at and clock.state != "void"):
            values = {"met_at": at, "next_check_at": False}
            if at > clock.due_at:
                values |= {"state": "breached", "breached_at": clock.breached_at or clock.due_at}
            elif clock.state != "breached":
                values["state"] = "met"
            trusted(clock.sudo()).write(values)

    def _void(self):
        """The clock no longer applies: not met, not breached."""
        open_clocks = self.filtered(lambda clock: not clock.met_at and clock.state != "breached")
        trusted(open_clocks.sudo()).write({"state": "void", "next_check_at": False})

    # -- the sweep ------------------------------------------------------------------------

    @api.model
    def _cron_sweep(self):
        """Scheduled action: warn of clocks that run out and mark those that did.

        Works on what is due by index, in small committed batches; a clock that fails is
        reported and put off, the others go on.
        """
        now = fields.Datetime.now()
        domain = [("next_check_at", "<=", now)]
        remaining = self.search_count(domain)
        while remaining:
            batch = self.search(domain, limit=SWEEP_BATCH, order="next_check_at")
            batch = batch.try_lock_for_update(allow_referencing=True)
            if not batch:
                break
            for clocks in split_every(SWEEP_BATCH, batch.ids, self.browse):
                clocks._check_all(now)
            remaining = max(remaining - len(batch), 0)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                break

    def _check_all(self, now):
        for clock in self:
            try:
                with self.env.cr.savepoint():
                    clock._check(now)
            except Exception:  # one bad record must not stop the others
                _logger.exception("The time limit %s could not be checked", clock.id)
                clock.invalidate_recordset()
                trusted(clock).write({"next_check_at": now + timedelta(hours=1)})

    def _check(self, now):
        """Warn or mark one clock whose next moment has come."""
        clock = trusted(self)
        if self.due_at <= now:
            clock.write({"state": "breached", "breached_at": self.due_at, "next_check_at": False})
            self._tell("clock_breached")
        else:
            clock.write({"warned_at": now, "next_check_at": self.due_at})
            self._tell("clock_warned")

    def _tell(self, kind):
        """Leave the event in the case's chain and a to-do with whoever has the case."""
        case = self._case()
        case._log_events(kind, {"clock": self.kind, "due": self.due_at.isoformat()})
        user = self.user_id or self.department_id.manager_id
        if user and case.with_user(user).has_access("read"):
            case._schedule_clock_activity(self, user, kind)
