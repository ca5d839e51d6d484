from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...base.moments import is_late, short_writer
from ...base.trust import trusted
from ...base.words import strip_invisible
from ..working_time import DAY
from .water_standard_line import INTERNAL, WORKING_UNITS

#: counted by the compensation scheme itself
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
    """Pauses and extensions of a clock, and how its limit follows from them.

    A resumed clock has exactly the time left that it had, counted in its own unit.
    """

    _inherit = "water.deadline"

    def _request_pause(self, reason, until):
        """Ask to stop the clocks until ``until`` (naive UTC) at the latest, with a reason.

        Within the company's limit for all unapproved pauses it holds at once; beyond it a
        supervisor approves.

        :raises UserError: without a reason, after the due time, or with an end in the past
        """
        now = fields.Datetime.now()
        if not until or until <= now:
            raise UserError(self.env._("Choose until when the clock may stand still."))
        pauses = self._create_pauses("pause", reason, {"until": until})
        for pause in pauses:
            if until - now <= pause.deadline_id._pause_left():
                pause._begin()
        return pauses

    def _create_pauses(self, kind, reason, values):
        if not strip_invisible(reason):
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

    def _pause_left(self, by_rule=False):
        """Return how long the clock may still stand still without approval."""
        # sudo: water.deadline.pause - the paused time, regardless of who asked
        rows = self.sudo().pause_ids.filtered(
            lambda row: row.by_rule if by_rule else not (row.by_rule or row.decided_by_id)
        )
        days = self._case().company_id.water_pause_days
        return timedelta(days=days) - timedelta(minutes=sum(rows.mapped("minutes")))

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

    def _pauses_in(self, state, *domain):
        # sudo: water.deadline.pause - who ends a clock may not see the requests
        pauses = self.env["water.deadline.pause"].sudo()
        return pauses.search([("deadline_id", "in", self.ids), ("state", "=", state), *domain])

    def _resume(self, at=None, goes_on=True):
        """Let paused clocks run again from ``at`` (naive UTC, now by default)."""
        self._pauses_in("running")._end(at or fields.Datetime.now(), goes_on)

    def _lapse_requests(self):
        self._pauses_in("requested")._lapse()
        ended = self.sudo().filtered(lambda clock: clock.kind == "close" and clock.request_id)
        ended.request_id.decision_ids.filtered(lambda row: row.kind == "delay")._lapse()

    @api.model
    def _resume_expired(self, clocks, now):
        """End pauses beyond their maximum, even if no one looked in time."""
        for pause in clocks._pauses_in("running", ("until", "<=", now)):
            pause._end(pause.until)

    def _limit_now(self):
        limit = self.due_at, self.provisional
        # sudo: water.deadline.pause - the start of the pause, regardless of who asked
        still = self.sudo().pause_ids.filtered(
            lambda row: row.kind == "pause" and row.state == "running"
        )
        if self.state != "paused" or not still:
            return limit
        return self._due_after_pause(still[:1].started_at, fields.Datetime.now(), *limit)

    def _due_after_pause(self, paused_at, resumed_at, due, provisional, unit=None):
        """Return ``(due, provisional)``: the time left at ``paused_at``, from ``resumed_at`` on.

        Moments in naive UTC; ``due`` is the limit when the pause began.

        :param unit: in which the time is counted, by default that of the clock
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

    def _worked_out(self, given=None):
        """Return ``(original limit, limit, provisional)`` as the stored facts give them.

        Start and rule, or a given date; pauses and extensions; at most the limit of a body that
        waits, and for a department the date promised to the customer.

        :param given: ``(original limit, provisional)``, by default of the rule, else as stored
        """
        planned, provisional = given or (self.planned_due_at, self.provisional)
        if not given and self.unit in WORKING_UNITS:
            rule = self.started_at, self.amount, self.unit
            try:
                planned, provisional = self.calendar_id._water_due_at(*rule)
            except ValidationError:  # a calendar without hours: the promise stays
                return planned, self.due_at, provisional
        due, rows = planned, self.pause_ids._in_effect()
        for row in rows.filtered(lambda row: not row.is_replaced):
            if row.kind == "pause":
                span = row.started_at, row.ended_at
                due, provisional = self._due_after_pause(*span, due, provisional)
            else:
                due, unknown = self._due_extended(row, due)
                provisional = provisional or unknown
        limit, granted = self._body_limit(), rows.mapped("new_due_at")
        if limit and due > planned and all(granted):  # a pause or extension was allowed as asked
            due = min(due, max(planned, limit, *granted))
        cap = self.capped_at
        return (planned, cap, False) if cap and due > cap else (planned, due, provisional)

    def _work_out(self, why=None, given=None):
        """Calculate the limits of these clocks from their facts; nothing else moves a limit.

        :param why: for the log: text, or function of a clock and its new ``due, provisional``
        :param given: as for :meth:`_worked_out`
        :return: {clock: limit before} of changed ones
        """
        clocks = trusted(self.sudo())
        before, payloads = {}, {}
        for clock in clocks:
            planned, *limit = clock._worked_out(given)
            if clock.planned_due_at != planned:
                clock.planned_due_at = planned
            if [clock.due_at, clock.provisional] == limit:
                continue
            before[clock] = old = clock.due_at
            reason = why(clock, *limit) if callable(why) else why
            clock._move_due(*limit)
            moves = {"old": old.isoformat(), "new": clock.due_at.isoformat()}
            payloads[clock.id] = {"clock": clock.kind, **moves, "reason": reason}
        if why:
            self.browse(payloads)._log_on_cases("clock_replanned", payloads)
        clocks.browse(payloads)._wake_sweep()
        clocks._bind_departments()
        return before

    def _fix_at(self, due, reason, is_final=True):
        """Be due at a given date (naive UTC), which neither a rule nor a calendar moves.

        :param is_final: the date itself; else pauses and extensions so far move it on
        """
        clocks = trusted(self.sudo())
        clocks.write({"amount": 0, "unit": False})
        if is_final:
            clocks.pause_ids._in_effect().is_replaced = True
        self._work_out(reason, (due, False))

    def _move_due(self, due, provisional):
        """Set a new limit (superuser), and have it warned of and looked at in time."""
        now = fields.Datetime.now()
        pauses = self.pause_ids.filtered(lambda row: row.state == "running")
        trusted(self).write(
            {
                "due_at": due,
                "provisional": provisional,
                "next_check_at": min(pauses.mapped("until"), default=now),
                **self._warned_anew(due, now),
            }
        )

    def _tell_pause(self, pause, goes_on=True):
        kind = {"pause": "clock_paused", "extension": "clock_extended"}[pause.kind]
        if pause.kind == "pause" and pause.state == "done":
            kind = "clock_resumed"
        until = (pause.until or self.due_at).isoformat()
        pause._log_in_chain(kind, until=until, approved_by=pause.decided_by_id.id or 0)
        if goes_on and self.kind not in INTERNAL:
            self._case()._tell_customer_of_delay(self, pause)

    # -- extending -----------------------------------------------------------------------------
    # How often a limit may be extended, and to how long in all (S3.2.3c).

    def _request_extension(self, reason, amount, unit):
        if amount <= 0:
            raise UserError(self.env._("Choose by how much the limit moves."))
        return self._create_pauses("extension", reason, {"amount": amount, "unit": unit})

    def _check_request(self, kind, values):
        fault = self._asking_fault(kind, values)
        if fault:
            raise UserError(fault)

    def _asking_fault(self, kind, values):
        if kind == "extension" and self._extensions("requested"):
            return self.env._("An extension of this time limit waits for a decision already.")
        return self._request_fault(kind, values)

    def _request_fault(self, kind, values):
        """Return why a pause or extension of that length cannot be, as a sentence, or "".

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
        # sudo: water.deadline.pause - how often, regardless of who asked
        rows = self._clocks_alike().sudo().pause_ids
        return rows.filtered(lambda row: row.kind == "extension" and row.state == state)

    def _who_gains(self, asker):
        """Return the users who gain from more time for ``asker``; they cannot decide on it."""
        clock = self.sudo()
        case = clock._case()
        department, person = clock._holder()
        department |= case._speaks_for(asker) & case._open_dispatches().department_id
        return person | department.member_ids | department.manager_id

    def _latest_due(self, before=None):
        """Return ``(due, provisional)`` of the longest extension, or None where another body waits.

        Pauses come on top.

        :param before: only pauses that began before this one count
        """
        if self.kind == "external":
            return None
        days = self._case().company_id.water_extension_days
        clock = self.sudo()
        start = min(clock._clocks_alike().mapped("started_at"))
        try:
            latest = self.calendar_id._water_due_at(start, days, "working_day")
        except ValidationError:  # a calendar without hours: days as they come
            latest = self.calendar_id._water_due_at(start, days, "calendar_day")
        for pause in clock.pause_ids._in_effect():
            if pause == before:
                break
            if pause.kind == "pause":
                span = pause.started_at, pause.ended_at
                latest = self._due_after_pause(*span, *latest, "working_day")
        return latest

    def _due_extended(self, extension, due):
        """Return ``(due, provisional)``: ``due`` (naive UTC) with an extension.

        At most the longest extended limit, which a longer standard does not raise, or the date
        that was told.
        """
        told = extension.new_due_at
        try:
            later = self.calendar_id._water_due_at(due, extension.amount, extension.unit)
        except ValidationError:  # the calendar has lost its hours since
            return max(due, told or due), False
        latest = told and self._latest_due(extension)
        return max((due, False), min(later, max(latest, (told, later[1])))) if latest else later

    def _due_moved(self, kind, values):
        """Return where a pause that is used to its end, or an extension, moves the limit."""
        if kind == "pause":
            now = fields.Datetime.now()
            return self._due_after_pause(now, max(values["until"], now), self.due_at, False)[0]
        return self.calendar_id._water_due_at(self.due_at, values["amount"], values["unit"])[0]

    # -- following -----------------------------------------------------------------------------
    # Limits follow the hours and days by which they are counted, as long as they are open.

    @api.model
    def _follow_calendar(self, first, last):
        """Work out again the open clocks that a change of days from first to last concerns."""
        provisional, started = (
            Domain("provisional", "=", True),
            Domain("started_at", "<=", last + DAY),
        )
        # sudo: water.deadline - who keeps the calendar may not see the cases
        clocks = self.sudo()
        clocks.search(MET)._judge_met()
        over = started & Domain("due_at", ">=", first - DAY)
        clocks.search(COUNTED & (provisional | over))._follow_own_calendars()
        near = started & Domain("due_at", ">=", first - BACK * DAY)
        clocks.search(self._open_back() & (near | provisional))._count_back_again()

    def _follow_own_calendars(self):
        """Move the limits that their calendars now put elsewhere."""
        announced = self.env._("Holidays have been announced.")
        changed = self.env._("The working time of the calendar has changed.")

        def why(clock, _due, provisional):
            return announced if clock.provisional and not provisional else changed

        waited = self.filtered("provisional")
        before = self._work_out(why)
        (waited & self.browse().union(*before))._settle()
        moved = {clock: due for clock, due in before.items() if clock.due_at != due}
        self.browse().union(*moved)._remember_moved(moved)

    def _remember_moved(self, before):
        fresh = self.filtered(lambda clock: not clock.moved_from)
        for due, clocks in fresh.grouped(before.get).items():
            trusted(clocks).moved_from = due
