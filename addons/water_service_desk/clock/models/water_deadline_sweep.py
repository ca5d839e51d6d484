import logging
from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models

from ...base.apart import apart
from ...base.faults import is_passing
from ...base.trust import trusted

_logger = logging.getLogger(__name__)

#: Clocks handled per committed batch of the sweep.
SWEEP_BATCH = 1000
#: A clock that cannot be checked is looked at again after this time.
RETRY = timedelta(hours=1)


class WaterDeadline(models.Model):
    """The scheduled action of the clocks: warns, marks breaches, has the ladder climbed.

    Whatever a batch does is committed with the next moment at which each of its clocks
    needs attention. Killed or run twice, it neither loses a warning nor sends one again.
    """

    _inherit = "water.deadline"

    @api.model
    def _cron_sweep(self):
        """Scheduled action: handle the clocks whose next moment has come."""
        self.env["water.hours.change"]._look_again()
        now = fields.Datetime.now()
        domain = [("next_check_at", "<=", now)]
        remaining = self.search_count(domain)
        while remaining:
            batch = self.search(domain, limit=SWEEP_BATCH, order="next_check_at, id")
            batch = batch.try_lock_for_update(allow_referencing=True)
            if not batch:
                break
            batch._check_all(now)
            remaining = max(remaining - len(batch), 0)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                break
            self.env.invalidate_all()
        apart(self, type(self)._end_todos)
        self._trigger_next()

    def _wake_sweep(self):
        """Have the sweep run at the very moment the first of these clocks needs it."""
        # sudo: water.deadline - whoever starts a clock need not see it
        moments = self.sudo().filtered("next_check_at").mapped("next_check_at")
        if moments:
            # sudo: ir.cron - whoever starts a clock may ask the sweep to look at it
            cron = self.env.ref("water_service_desk.ir_cron_sweep").sudo()
            cron._trigger(at=max(min(moments), fields.Datetime.now() + timedelta(seconds=1)))

    @api.model
    def _start(self, rows):
        """Create clocks, and have the sweep wake when the first of them needs it.

        :param rows: values of the clocks of one batch
        :return: the clocks, with superuser rights
        """
        # sudo: water.deadline - written by the services of cases alone
        clocks = trusted(self.sudo()).create(rows)
        clocks._wake_sweep()
        return clocks

    @api.model
    def _trigger_next(self):
        """Ask to be run again at the moment the next clock needs attention."""
        clock = self.search([("next_check_at", "!=", False)], order="next_check_at", limit=1)
        if clock:
            self.env.ref("water_service_desk.ir_cron_sweep")._trigger(at=clock.next_check_at)

    def _check_due(self):
        """Do at once what the sweep is about to do, for whoever acts on what is late."""
        now = fields.Datetime.now()
        due = self.filtered(lambda clock: clock.next_check_at and clock.next_check_at <= now)
        due._check_all(now)

    def _check_all(self, now):
        """Check the clocks together; when that fails, one by one, so that one is left out.

        A passing fault is raised: no clock is put off by it, and the action runs again.
        """
        try:
            with self.env.cr.savepoint():
                self._check(now)
        except Exception as error:
            if is_passing(error):
                raise
            self.invalidate_recordset()
            for clock in self:
                clock._check_alone(now)

    def _check_alone(self, now):
        try:
            with self.env.cr.savepoint():
                self._check(now)
        except Exception as error:  # reported and put off; the others go on
            if is_passing(error):
                raise
            _logger.exception("The time limit %s could not be checked", self.id)
            self.invalidate_recordset()
            trusted(self).write({"next_check_at": now + RETRY})

    def _check(self, now):
        """Warn, mark and escalate as far as ``now`` (naive UTC) asks for it."""
        self._resume_expired(self.filtered(lambda clock: clock.state == "paused"), now)
        open_clocks = self.filtered(
            lambda clock: clock.state in ("running", "breached") and not clock.met_at
        )
        done = self.filtered(lambda clock: clock.met_at or clock.state == "void")
        trusted(done).write({"next_check_at": False})
        open_clocks._tell_moved()
        open_clocks._move_todos()
        open_clocks._break(now)
        near = open_clocks.filtered(
            lambda c: c.state == "running" and c.warn_at and c.warn_at <= now and not c.warned_at
        )
        trusted(near).write({"warned_at": now})
        near._log_on_cases("clock_warned")
        open_clocks._escalate(now)

    def _is_appointment(self):
        """Hook: whether it is kept by coming at a time that was agreed."""
        return False

    def _after_breach(self):
        """Hook: these limits have been missed, each told once."""

    def _log_on_cases(self, kind, payloads=None):
        """Leave the event in the chain of each case, one call for many cases.

        :param payloads: {clock id: what the chain remembers}, by default its kind and limit
        """
        rounds = defaultdict(dict)  # a chain takes one event of a kind at a time
        seen = Counter()
        for clock in self:
            case = clock._case()
            payload = {"clock": clock.kind, "due": clock.due_at.isoformat()}
            if kind == "clock_breached":
                payload = clock.sudo()._breach_payload()
            rounds[seen[case], case._name][case.id] = payloads[clock.id] if payloads else payload
            seen[case] += 1
        for (__, model), events in rounds.items():
            self.env[model].browse(events)._log_events(kind, events)
