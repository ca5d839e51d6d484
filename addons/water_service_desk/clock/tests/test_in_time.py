from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.moments import is_late, until_text
from ...base.tests.common import WaterCommon
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestInTime(WaterCommon):
    """One comparison: the second of the limit itself is in time, the next one is not."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        self.clock = self._clock(self.case, "close")
        self.assertLocal(self.clock.due_at, "2026-03-13 17:30:00")

    def _later(self, seconds):
        return freeze_time(
            fields.Datetime.to_string(self.clock.due_at + timedelta(seconds=seconds))
        )

    def test_the_comparison(self):
        due = datetime(2026, 3, 13, 9, 30)
        self.assertFalse(is_late(due, due))
        self.assertTrue(is_late(due, due + timedelta(seconds=1)))
        self.assertFalse(is_late(due.date(), due.date()))
        self.assertEqual(until_text(self.env, due, due), "0 min left")

    def test_the_sweep_at_the_limit(self):
        """At 17:30:00 it is in time; the sweep returns a second later and marks it."""
        with self._later(0):
            self._sweep()
            self.assertEqual(self.clock.state, "running")
            self.assertFalse(self.case.is_overdue or self.clock.is_late)
            self.assertEqual(self.clock.next_check_at, self.clock.due_at + timedelta(seconds=1))
            self.assertFalse(self.clock._pausing_fault())
        self.env.invalidate_all()
        with self._later(1):
            self._sweep()
            self.assertEqual(
                (self.clock.state, self.clock.breached_at), ("breached", self.clock.due_at)
            )
            self.assertTrue(self.case.is_overdue)

    def test_the_clock_alone_looks_a_second_later(self):
        """Without an escalation step there: nothing happens at the limit itself."""
        self.env["water.escalation.step"].search([]).action_archive()
        second = self.clock.due_at + timedelta(seconds=1)
        for before in (1, 0):
            with self._later(-before):
                now = fields.Datetime.now()
                trusted(self.clock).write({"next_check_at": now, "warn_at": False})
                self._sweep()
                self.assertEqual((self.clock.state, self.clock.next_check_at), ("running", second))
        with freeze_time(second):
            self._sweep()
        self.assertEqual((self.clock.state, self.clock.next_check_at), ("breached", False))

    def test_met_at_the_limit(self):
        """An event at the limit meets it; a second later it is late."""
        other = self._clock(self._inquiry(), "close")
        self.clock._meet(self.clock.due_at)
        other._meet(other.due_at + timedelta(seconds=1))
        self.assertEqual((self.clock.state, other.state), ("met", "breached"))
        self.assertEqual((self.clock.met_at, self.clock.breached_at), (self.clock.due_at, False))
        self.assertEqual(other.breached_at, other.due_at)

    def test_summer_time(self):
        """Days on the calendar keep the time of day, also when the clocks are changed."""
        london = self.env["resource.calendar"].create({"name": "London", "tz": "Europe/London"})
        start = datetime(2026, 3, 27, 17, 30)  # winter: 17:30 on the wall
        due = london._water_due_at(start, 5, "calendar_day")
        self.assertEqual(due, (datetime(2026, 4, 1, 16, 30), False))  # 17:30 in summer
        back = london._water_due_at(datetime(2026, 10, 23, 16, 30), 5, "calendar_day")
        self.assertEqual(back, (datetime(2026, 10, 28, 17, 30), False))
        plain = london._water_due_at(start, 120, "hour")
        self.assertEqual(plain, (datetime(2026, 4, 1, 17, 30), False))

    def test_a_pause_through_summer_time(self):
        """The remaining part of a day stays, by local time."""
        london = self.env["resource.calendar"].create({"name": "London", "tz": "Europe/London"})
        clock = self.env["water.deadline"].new({"unit": "calendar_day", "calendar_id": london.id})
        due = clock._due_after_pause(
            datetime(2026, 3, 27, 10, 0),
            datetime(2026, 3, 30, 9, 0),  # 10:00 in summer: three days later
            datetime(2026, 3, 28, 17, 0),
            False,
        )
        self.assertEqual(due, (datetime(2026, 3, 31, 16, 0), False))
