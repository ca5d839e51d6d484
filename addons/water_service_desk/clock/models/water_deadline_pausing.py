from datetime import timedelta
from functools import cache

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...base.moments import is_late, short_writer
from ...base.trust import trusted
from ...base.words import said
from ..working_time import DAY
from .water_standard_line import INTERNAL, WORKING_UNITS

#: What a scheme of compensation promises counts by itself.
OWED = ("guarantee", "payment")
#: The shortest extension: where this is too long, none is possible.
LEAST = {"amount": 1, "unit": "minute"}
#: Days that may lie between our limit and that of another body, over the longest holidays.
BACK = 14
#: Open clocks that run by the days of a calendar.
COUNTED = Domain("unit", "in", WORKING_UNITS) & Domain("met_at", "=", False)
COUNTED &= Domain("state", "in", ("running", "paused"))
#: Clocks that were met and whose limit was provisional.
MET = Domain("unit", "in", WORKING_UNITS) & Domain("state", "=", "met")
MET &= Domain("provisional", "=", True)


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
        own = self.sudo().pause_ids.filtered(lambda row: not (row.by_rule or row.decided_by_id))
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
        ended = self.sudo().filtered(lambda clock: clock.kind == "close" and clock.request_id)
        ended.request_id.decision_ids.filtered(lambda row: row.kind == "delay")._lapse()

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
        planned = due
        for pause in self.sudo().pause_ids._in_effect().filtered(lambda row: row.id not in known):
            if pause.kind == "pause":
                due, provisional = self._due_after_pause(
                    pause.started_at, pause.ended_at, due, provisional, unit
                )
            else:
                due, unknown = self._due_extended(pause, due)
                provisional = provisional or unknown
        limit = self._body_limit()
        if limit and due > planned:  # the calendar moves nothing beyond the limit of a body
            granted = self.sudo().pause_ids._in_effect().mapped("new_due_at")
            due = min(due, max(planned, limit, *filter(None, granted)))
        return due, provisional

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
        pause._log_in_chain(kind, until=until, approved_by=pause.decided_by_id.id or 0)
        if goes_on and self.kind not in INTERNAL:
            self._case()._tell_customer_of_delay(self, pause)

    # -- extending -----------------------------------------------------------------------------
    # How often a limit may be extended, and to how long in all (S3.2.3c).
    #
    # Both are the company's choice; what was granted stays when it chooses otherwise.

    def _request_extension(self, reason, amount, unit):
        """Ask to move the limit; a supervisor other than the requester approves.

        :param reason: why, required
        :param amount: how much later, positive
        :param unit: unit of a time limit
        :raises UserError: without a reason, after the due time, while another extension waits, or
            for more than the company allows
        :return: water.deadline.pause rows to approve
        """
        if amount <= 0:
            raise UserError(self.env._("Choose by how much the limit moves."))
        return self._create_pauses("extension", reason, {"amount": amount, "unit": unit})

    def _check_request(self, kind, values):
        """:raises UserError: when so much cannot be asked for: why"""
        fault = self._asking_fault(kind, values)
        if fault:
            raise UserError(fault)

    def _asking_fault(self, kind, values):
        """Why it cannot be asked for, as a sentence: one extension at a time is decided.

        :param kind: as for :meth:`_request_fault`, ``values`` likewise
        """
        if kind == "extension" and self._extensions("requested"):
            return self.env._("An extension of this time limit waits for a decision already.")
        return self._request_fault(kind, values)

    def _request_fault(self, kind, values):
        """Why a pause or extension of that length cannot be, as a sentence; "" when it can.

        :param kind: ``pause`` or ``extension``
        :param values: ``until`` (naive UTC) of a pause, ``amount`` and ``unit`` of an extension
        """
        # sudo: case - asked for the limit and the state of the order alone
        case = self._case().sudo()
        limit = self._body_limit()
        if limit and self._due_moved(kind, values) > limit:
            return self.env._(
                "The body waits until %s, and our own limit does not pass it. When the body"
                " grants more time, a supervisor records its extension first, with the date"
                " and the number of its paper.",
                self._case()._local_time(limit),
            )
        if kind == "pause" and self.kind == "external" and case._body_waits():
            return self.env._(
                "The body waits for its answer meanwhile: that limit does not stand still."
                " Extend it, within the limit of the body, or record its extension."
            )
        if kind == "pause":
            return ""
        company, granted = self._case().company_id, len(self._extensions("done"))
        if granted >= company.water_extension_times:
            return self.env._(
                "Extensions of one time limit that the company allows: %(most)s; granted already:"
                " %(granted)s.",
                most=company.water_extension_times,
                granted=granted,
            )
        latest = self._latest_due()
        if latest and self._due_moved(kind, values) > latest[0]:
            return self.env._(
                "A time limit is extended to at most %(days)s working days in all: this one until"
                " %(latest)s.",
                days=company.water_extension_days,
                latest=short_writer(self.env, self._zone())(latest[0]),
            )
        return ""

    def _extensions(self, state):
        """What was asked for or granted for this limit.

        :param state: of the requests
        """
        # sudo: water.deadline.pause - how often, whoever asked for it
        rows = self._clocks_alike().sudo().pause_ids
        return rows.filtered(lambda row: row.kind == "extension" and row.state == state)

    def _who_gains(self, asker):
        """Return the users who have more time when the limit moves: they do not decide on it.

        :param asker: res.users who asks for it, for the department that the user works in
        """
        clock = self.sudo()
        case = clock._case()
        department, person = clock._holder()
        department |= case._speaks_for(asker) & case._open_dispatches().department_id
        return person | department.member_ids | department.manager_id

    def _latest_due(self, before=None):
        """Until when the limit may be extended; the time it stood still comes on top.

        :param before: only pauses that began before this one count
        :return: ``(due, provisional)``; None where another body waits: its limit is the most
        """
        if self.kind == "external":
            return None
        days = self._case().company_id.water_extension_days
        # sudo: water.deadline - of merged cases the dates alone
        start = min(self.sudo()._clocks_alike().mapped("started_at"))
        try:
            latest = self.calendar_id._water_due_at(start, days, "working_day")
        except ValidationError:  # a calendar without hours: days as they come
            latest = self.calendar_id._water_due_at(start, days, "calendar_day")
        for pause in self.sudo().pause_ids._in_effect():
            if pause == before:
                break
            if pause.kind == "pause":
                span = pause.started_at, pause.ended_at
                latest = self._due_after_pause(*span, *latest, "working_day")
        return latest

    def _due_extended(self, extension, due):
        """Where a granted extension moves a limit that was worked out anew.

        No later than the most, which a longer standard does not raise, or than what the customer
        was told.

        :param due: the limit without it (naive UTC)
        :return: ``(due, provisional)``
        """
        later = self.calendar_id._water_due_at(due, extension.amount, extension.unit)
        latest = self._latest_due(extension)
        if not latest:
            return later
        told = (extension.new_due_at, later[1])
        return max((due, False), min(later, max(latest, told)))

    def _due_moved(self, kind, values):
        """Where a pause that is used to its end, or an extension, moves the limit.

        :param kind: ``pause`` or ``extension``
        :param values: how long, as for :meth:`_request_fault`
        """
        if kind == "pause":
            now = fields.Datetime.now()
            return self._due_after_pause(now, max(values["until"], now), self.due_at, False)[0]
        return self.calendar_id._water_due_at(self.due_at, values["amount"], values["unit"])[0]

    # -- following -----------------------------------------------------------------------------
    # Limits follow the hours and days by which they are counted, as long as they are open.

    @api.model
    def _follow_calendar(self, first, last):
        """Work out again, with a log entry, the open clocks that a change of days concerns.

        :param first: first date that became or ceased to be a special day
        :param last: last such date
        """
        provisional = Domain("provisional", "=", True)
        over = Domain("started_at", "<=", last + DAY) & Domain("due_at", ">=", first - DAY)
        # sudo: water.deadline - whoever keeps the calendar need not see the cases
        self.sudo().search(MET)._judge_met()
        self.sudo().search(COUNTED & (provisional | over))._follow_own_calendars()
        near = Domain("started_at", "<=", last + DAY) & Domain("due_at", ">=", first - BACK * DAY)
        self.sudo().search(self._open_back() & (near | provisional))._count_back_again()

    @api.model
    def _follow_written(self, since):
        """The same for those that were written since (naive UTC), whatever the days."""
        self.search(COUNTED & Domain("write_date", ">=", since))._follow_own_calendars()
        self.search(self._open_back() & Domain("write_date", ">=", since))._count_back_again()

    def _follow_own_calendars(self):
        """Move the limits that their calendars now put elsewhere."""
        limit = cache(lambda calendar, *promise: calendar._water_due_at(*promise))
        announced, changed = {}, {}
        for clock in self:
            try:
                due = limit(clock.calendar_id, clock.started_at, clock.amount, clock.unit)
            except ValidationError:  # a calendar without hours: what was promised stays
                continue
            moved = clock._replay_pauses(*due)
            if (due[0], *moved) != (clock.planned_due_at, clock.due_at, clock.provisional):
                settled = clock.provisional and not moved[1]
                (announced if settled else changed)[clock] = due
        before = {clock: clock.due_at for clock in (*announced, *changed)}
        self._replan(announced, self.env._("Holidays have been announced."))
        self._replan(changed, self.env._("The working time of the calendar has changed."))
        self.browse([clock.id for clock in announced])._settle()
        moved = {clock: due for clock, due in before.items() if clock.due_at != due}
        self.browse([clock.id for clock in moved])._remember_moved(moved)

    def _remember_moved(self, before):
        """The sweep tells the customers, in its batches, and once however often dates move.

        :param before: {clock: limit that was told}
        """
        fresh = self.filtered(lambda clock: not clock.moved_from)
        for due, clocks in fresh.grouped(before.get).items():
            trusted(clocks.sudo()).moved_from = due
