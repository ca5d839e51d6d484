from datetime import datetime

from pytz import timezone

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestOthersCalendars(WaterCommon):
    """Special days hold where they are named; calendars of companies elsewhere are left alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = cls.env["water.calendar.day"]
        cls.berlin = cls.env["res.company"].create(
            {"name": "Berliner Wasser", "country_id": cls.env.ref("base.de").id}
        )
        cls.theirs = cls._calendar("Berlin", cls.berlin, "Europe/Berlin")

    @classmethod
    def _calendar(cls, name, company, zone):
        return cls.env["resource.calendar"].create(
            {"name": name, "company_id": company.id, "tz": zone}
        )

    def _hours(self, calendar, first, last):
        zone = timezone(calendar.tz)
        first, last = (zone.localize(datetime.fromisoformat(day)) for day in (first, last))
        return calendar.get_work_hours_count(first, last)

    def _assert_theirs(self, calendar):
        """1 to 8 October 2026 is five days of work there, and Saturday 10 October is none."""
        self.assertFalse(calendar.special_day_ids)
        self.assertEqual(self._hours(calendar, "2026-10-01", "2026-10-08"), 5 * 8)
        self.assertEqual(self._hours(calendar, "2026-10-10", "2026-10-11"), 0)

    def test_a_german_company(self):
        self.days._load_china([2025, 2026])
        self._assert_theirs(self.theirs)
        self.berlin.water_calendar_id = self.theirs
        with self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_holidays").sudo().method_direct_trigger()
        self._assert_theirs(self.theirs)

    def test_the_offices_of_a_german_company(self):
        """Counted by its own working time, not by the shipped office hours."""
        own = self.berlin.resource_calendar_id
        self.assertEqual(self.berlin._water_calendar(), own)
        self.env["res.company"]._water_install_defaults()
        self.assertFalse(self.berlin.water_calendar_id)
        self._assert_theirs(own)

    def test_a_calendar_that_no_clock_uses(self):
        """Leave of a company in China goes by its own calendar as well, until it opts in."""
        calendar = self._calendar("Staff", self.company, "Asia/Shanghai")
        self.days._load_china([2025, 2026])
        self._assert_theirs(calendar)
        self._as("manager", self.days).with_context(
            active_model="resource.calendar", active_ids=calendar.ids
        ).action_load_china()
        self.assertEqual(self._hours(calendar, "2026-10-01", "2026-10-08"), 0)
        self.assertEqual(self._hours(calendar, "2026-10-10", "2026-10-11"), 8)

    def test_new_office_hours_in_china(self):
        """They know the holidays as soon as clocks run by them."""
        calendar = self._calendar("New", self.company, "Asia/Shanghai")
        self.company.water_calendar_id = calendar
        self.assertIn(2026, calendar._water_loaded_years())
        self.assertEqual(self._hours(calendar, "2026-10-01", "2026-10-08"), 0)

    def test_a_day_belongs_to_a_calendar(self):
        """Without one: the company's office hours."""
        for values in ({}, {"calendar_id": False}):
            with self.subTest(values=values), self.env.cr.savepoint() as point:
                day = self.days.create({"name": "x", "date": "2026-03-12", **values})
                self.assertEqual(day.calendar_id, self.company.water_calendar_id)
                point.rollback()
