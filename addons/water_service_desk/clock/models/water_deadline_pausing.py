from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.moments import is_late
from ...base.trust import trusted
from ...base.words import said
from .water_standard_line import INTERNAL, WORKING_UNITS

#: What a scheme of compensation promises counts by itself.
OWED = ("guarantee", "payment")


class WaterDeadline(models.Model):
    """Stopping a clock and moving its limit, with every interval on record.

    A resumed clock has exactly the time left that it had when it was paused, counted in
    its own unit: the calendar is walked, nothing is added to a date.
    """

    _inherit = "water.deadline"

    def _request_pause(self, reason, until):
        """Ask to stop the clocks until ``until`` (naive UTC) at the latest.

        Within the company's limit it holds at once; beyond it a supervisor approves. The limit is
        one for all pauses that nobody has approved: many short ones are a long one.

        :param reason: why, required
        :raises UserError: without a reason, after the due time, or with an end in the past
        :return: water.deadline.pause rows
        """
        now = fields.Datetime.now()
        if not until or until <= now:
            raise UserError(self.env._("Choose until when the clock may stand still."))
        pauses = self._create_pauses("pause", reason, {"until": until})
        for pause in pauses:
            if until - now <= pause.deadline_id._own_pause_left():
                pause._begin()
        return pauses

    def _create_pauses(self, kind, reason, values):
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        for clock in self:
            clock._case().check_access("write")
            clock._case()._check_pausing(clock)
            clock._check_pausable()
            clock._check_request(kind, values)
        # sudo: water.deadline.pause - written by this checked service alone
        rows = trusted(self.env["water.deadline.pause"].sudo()).create(
            [
                {
                    "deadline_id": clock.id,
                    "kind": kind,
                    "reason": reason,
                    "requested_by_id": self.env.uid,
                    "requested_at": fields.Datetime.now(),
                    **values,
                }
                for clock in self
            ]
        )
        for row in rows:
            row._log_in_chain("clock_pause_asked")
        return rows.with_env(self.env)

    def _own_pause_left(self):
        """For how long whoever has the work may still stop the clock by himself."""
        days = self._case().company_id.water_pause_days
        # sudo: water.deadline.pause - how long it stood still, whoever asked for it
        own = self.sudo().pause_ids.filtered(lambda row: not (row.by_rule or row.approved_by_id))
        return timedelta(days=days) - timedelta(minutes=sum(own.mapped("minutes")))

    def _waiting_left(self):
        """For how long a rule may still stop the clock: all its pauses together have one limit."""
        days = self._case().company_id.water_pause_days
        ruled = self.sudo().pause_ids.filtered("by_rule")
        return timedelta(days=days) - timedelta(minutes=sum(ruled.mapped("minutes")))

    def _check_pausable(self):
        for clock in self:
            fault = clock._pausing_fault()
            if fault:
                raise UserError(fault)

    def _pausing_fault(self):
        """Why the clock cannot be paused or extended now, as a sentence; "" when it can."""
        if self.state != "running" or self.met_at:
            return self.env._("Only a running clock can be paused or extended.")
        if is_late(self.due_at, fields.Datetime.now()):
            return self.env._("The time is up: it is too late to pause or extend it.")
        if self.kind in OWED:
            return self.env._("Money depends on this date: it is neither paused nor extended.")
        if self._is_appointment():
            return self.env._("Move the appointment instead of its time limit.")
        if self.kind in ("accept", "on_site", "dispatch") or self._case().severity == "emergency":
            return self.env._("The clocks of an emergency are never stopped.")
        return ""

    def _resume(self, at=None, goes_on=True):
        """Let paused clocks run again from ``at`` (naive UTC, now by default).

        :param goes_on: whether they run on from there; whose clock ends at once needs no new date
        """
        running = (
            self.env["water.deadline.pause"]
            .sudo()
            .search([("deadline_id", "in", self.ids), ("state", "=", "running")])
        )
        running._end(at or fields.Datetime.now(), goes_on)

    def _lapse_requests(self):
        """What was asked for and not decided ends with the clock."""
        asked = [("deadline_id", "in", self.ids), ("state", "=", "requested")]
        # sudo: water.deadline.pause - whoever ends a clock need not see what was asked for
        self.env["water.deadline.pause"].sudo().search(asked)._lapse()

    @api.model
    def _resume_expired(self, clocks, now):
        """Pauses that outlast their maximum end there, even when nobody looked in time.

        The customer hears of it as of a pause that somebody ends.
        """
        pauses = (
            self.env["water.deadline.pause"]
            .sudo()
            .search(
                [
                    ("deadline_id", "in", clocks.ids),
                    ("state", "=", "running"),
                    ("until", "<=", now),
                ]
            )
        )
        for pause in pauses:
            pause._end(pause.until)

    def _limit_now(self):
        """The limit; of what stands still the one that it would have if it ran again now.

        :return: ``(due, provisional)``
        """
        limit = self.due_at, self.provisional
        # sudo: water.deadline.pause - since when it stands still, whoever has asked for it
        still = self.sudo().pause_ids.filtered(
            lambda row: row.kind == "pause" and row.state == "running"
        )
        if self.state != "paused" or not still:
            return limit
        return self._due_after_pause(still[:1].started_at, fields.Datetime.now(), *limit)

    def _due_after_pause(self, paused_at, resumed_at, due, provisional, unit=None):
        """The new limit: the time that was left at ``paused_at`` counted from ``resumed_at``.

        :param due: the limit as it stood when the pause began (naive UTC like the others)
        :param provisional: whether that limit was provisional
        :param unit: in which the time is counted, by default that of the clock
        :return: ``(due, provisional)``
        """
        unit = unit or self.unit
        plain = due + (resumed_at - paused_at), provisional
        if unit == "calendar_day":
            stood = self.calendar_id._water_wall_span(paused_at, resumed_at)
            return self.calendar_id._water_wall_move(due, stood), provisional
        if unit not in WORKING_UNITS:
            return plain
        try:
            hours = self.calendar_id._water_work_time()
        except ValueError:  # the calendar has lost its hours since: plain time holds
            return plain
        left = hours.hours_between(paused_at, due)
        later, unknown = hours.add_hours(resumed_at, left) if left else (due, False)
        if unit == "working_day":  # a limit in days ends with the day
            later = hours.close_of_business(later)
        return max(later, due), unknown or provisional

    def _replay_pauses(self, due, provisional, unit=None, known=()):
        """Move a newly worked-out limit by every pause and extension there has been.

        :param unit: in which the time is counted, by default that of the clock
        :param known: ids of those that have moved the limit already
        """
        for pause in self.sudo().pause_ids._in_effect().filtered(lambda row: row.id not in known):
            if pause.kind == "pause":
                due, provisional = self._due_after_pause(
                    pause.started_at, pause.ended_at, due, provisional, unit
                )
            else:
                due, unknown = self._due_extended(pause, due)
                provisional = provisional or unknown
        return due, provisional

    def _after_pause(self):
        """Hook: a pause is over, and the clock runs again; nobody was told of the new limit yet."""

    def _move_due(self, due, provisional):
        """Set a new limit, and have it warned of and looked at in time."""
        now = fields.Datetime.now()
        pauses = self.sudo().pause_ids.filtered(lambda row: row.state == "running")
        trusted(self.sudo()).write(
            {
                "due_at": due,
                "provisional": provisional,
                "next_check_at": min(pauses.mapped("until"), default=now),
                **self._warned_anew(due, now),
            }
        )

    def _tell_pause(self, pause, goes_on=True):
        """Keep it in the chain and tell the customer of the new date, where there is one."""
        kind = {"pause": "clock_paused", "extension": "clock_extended"}[pause.kind]
        if pause.kind == "pause" and pause.state == "done":
            kind = "clock_resumed"
        until = (pause.until or self.due_at).isoformat()
        pause._log_in_chain(kind, until=until, approved_by=pause.approved_by_id.id or 0)
        if goes_on and self.kind not in INTERNAL:
            self._case()._tell_customer_of_delay(self, pause)
