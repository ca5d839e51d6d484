from functools import cache

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...base.trust import trusted
from ..working_time import DAY
from .water_standard_line import WORKING_UNITS

#: Open clocks that run by the days of a calendar.
COUNTED = Domain("unit", "in", WORKING_UNITS) & Domain("met_at", "=", False)
COUNTED &= Domain("state", "in", ("running", "paused"))

#: Clocks that were met and whose limit was provisional.
MET = Domain("unit", "in", WORKING_UNITS) & Domain("state", "=", "met")
MET &= Domain("provisional", "=", True)


class WaterDeadline(models.Model):
    """Limits follow the hours and days by which they are counted, as long as they are open."""

    _inherit = "water.deadline"

    @api.model
    def _follow_calendar(self, first, last):
        """Work out again, with a log entry, the open clocks that a change of days concerns.

        :param first: first date that became or ceased to be a special day
        :param last: last such date
        :return: those whose limit has moved
        """
        provisional = Domain("provisional", "=", True)
        over = Domain("started_at", "<=", last + DAY) & Domain("due_at", ">=", first - DAY)
        # sudo: water.deadline - whoever keeps the calendar need not see the cases
        self.sudo().search(MET)._judge_met()
        return self.sudo().search(COUNTED & (provisional | over))._follow_own_calendars()

    @api.model
    def _follow_written(self, since):
        """The same for those that were written since (naive UTC), whatever the days."""
        self.search(COUNTED & Domain("write_date", ">=", since))._follow_own_calendars()

    def _follow_own_calendars(self):
        """Move the limits that their calendars now put elsewhere.

        :return: those that have moved
        """
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
        clocks = self.browse([clock.id for clock in moved])
        clocks._remember_moved(moved)
        return clocks

    def _remember_moved(self, before):
        """The sweep tells the customers, in its batches, and once however often dates move.

        :param before: {clock: limit that was told}
        """
        fresh = self.filtered(lambda clock: not clock.moved_from)
        for due, clocks in fresh.grouped(before.get).items():
            trusted(clocks.sudo()).moved_from = due
