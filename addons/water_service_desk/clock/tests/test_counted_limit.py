from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon, local
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestCountedLimit(WaterCommon):
    """A limit in working days without a clock, on any record of a case."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        waits = {name: value for name, _operator, value in self.case._counted_open}
        due = {self.case._counted_limit: local("2026-03-13 17:30")}
        trusted(self.case).write({**waits, **due})
        calendar = self.company._water_calendar()
        self.case._keep_count(local("2026-03-11 10:00"), 2, calendar)

    def _day(self, date):
        return self.env["water.calendar.day"].create({"name": "x", "date": date, "kind": "off"})

    def _limit(self):
        return self.case[self.case._counted_limit]

    def test_first_and_last_day(self):
        """A day off on either moves it, and it comes back with the day."""
        for date in ("2026-03-12", "2026-03-13"):
            day = self._day(date)
            self.assertLocal(self._limit(), "2026-03-16 17:30")
            day.unlink()
            self.assertLocal(self._limit(), "2026-03-13 17:30")

    def test_days_beside_it(self):
        for date in ("2026-03-10", "2026-03-16"):
            self._day(date)
            self.assertLocal(self._limit(), "2026-03-13 17:30")

    def test_finished_case_stays(self):
        """On the second itself it is not over yet."""
        for moment, date, limit in (
            ("2026-03-13 17:31", "2026-03-12", "2026-03-13 17:30"),
            ("2026-03-13 17:30", "2026-03-13", "2026-03-17 17:30"),
        ):
            with self.subTest(moment), freeze_time(local(moment)):
                self._day(date)
                self.assertLocal(self._limit(), limit)

    def test_named_person_stays(self):
        self.case._keep_count(local("2026-03-11 10:00"), 3, self.company._water_calendar())
        self.assertFalse(self.case.counted_days)
        self._day("2026-03-12")
        self.assertLocal(self._limit(), "2026-03-13 17:30")
