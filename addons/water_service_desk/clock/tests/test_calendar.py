from datetime import date, datetime, timedelta
from unittest.mock import patch

from pytz import utc

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests.common import WaterCommon, local

HOURS = ((8.5, 12.0, "morning"), (13.5, 17.5, "afternoon"))
COUNTS = (1, 2, 3, 5, 7, 10)
#: Day of receipt → last day of a limit of 1, 2, 3, 5, 7, 10 working days, all of 2026.
TABLE = {
    "09-30": ("10-08", "10-09", "10-10", "10-13", "10-15", "10-20"),
    "10-03": ("10-08", "10-09", "10-10", "10-13", "10-15", "10-20"),
    "02-13": ("02-14", "02-24", "02-25", "02-27", "03-02", "03-05"),
    "04-03": ("04-07", "04-08", "04-09", "04-13", "04-15", "04-20"),
    "05-08": ("05-09", "05-11", "05-12", "05-14", "05-18", "05-21"),
    "06-17": ("06-18", "06-22", "06-23", "06-25", "06-29", "07-02"),
}


@tagged("post_install", "-at_install")
class TestCalendar(WaterCommon):
    """``_water_due_at``: when a limit ends, in every unit, over holidays and make-up days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._make_calendar("Test office")
        cls.company.water_calendar_id = cls.calendar  # special days are entered for it

    @classmethod
    def _make_calendar(cls, name, days="01234", hours=HOURS, tz="Asia/Shanghai"):
        lines = [
            Command.create(
                {
                    "name": f"{day} {period}",
                    "dayofweek": day,
                    "hour_from": opens,
                    "hour_to": closes,
                    "day_period": period,
                }
            )
            for day in days
            for opens, closes, period in hours
        ]
        calendar = cls.env["resource.calendar"].create(
            {"name": name, "tz": tz, "attendance_ids": [Command.clear(), *lines]}
        )
        cls.env["water.calendar.day"]._load_china([2025, 2026], calendar)
        return calendar

    def _due(self, start, amount, unit="working_day", calendar=None):
        return (calendar or self.calendar)._water_due_at(local(start), amount, unit)

    def test_table_to_the_minute(self):
        """Every cell of the table of 2026's holidays, received at any time of the day."""
        for received, expected in TABLE.items():
            for count, day in zip(COUNTS, expected, strict=True):
                for clock in ("00:00", "09:05", "17:30", "23:59"):
                    with self.subTest(received=received, count=count, clock=clock):
                        due, provisional = self._due(f"2026-{received} {clock}", count)
                        self.assertLocal(due, f"2026-{day} 17:30")
                        self.assertFalse(provisional)

    def test_shipped_office_hours(self):
        """The calendar that the addon ships gives the same answer."""
        office = self.env.ref("water_service_desk.calendar_office")
        due, provisional = self._due("2026-09-30 16:40", 5, calendar=office)
        self.assertLocal(due, "2026-10-13 17:30")
        self.assertFalse(provisional)

    def test_provisional(self):
        """Twenty working days from 4 December reach a year that is not loaded."""
        self.env["water.calendar.day"].search([("date", ">=", "2027-01-01")]).unlink()
        due, provisional = self._due("2026-12-04 10:00", 20)
        self.assertTrue(provisional)
        self.assertEqual(due.year, 2027 if due > local("2027-01-01 00:00") else 2026)
        self.assertLocal(due, "2027-01-01 17:30")
        self.env["water.calendar.day"].create({"name": "New Year", "date": "2027-01-01"})
        due, provisional = self._due("2026-12-04 10:00", 20)
        self.assertLocal(due, "2027-01-04 17:30")
        self.assertFalse(provisional)

    def test_units_that_never_stop(self):
        """Minutes, hours and calendar days run through nights and holidays."""
        start = "2026-10-01 23:50"
        for amount, unit, expected in (
            (10, "minute", "2026-10-02 00:00"),
            (0.5, "minute", "2026-10-01 23:50"),
            (2, "hour", "2026-10-02 01:50"),
            (48, "hour", "2026-10-03 23:50"),
            (15, "calendar_day", "2026-10-16 23:50"),
            (0.25, "hour", "2026-10-02 00:05"),
        ):
            with self.subTest(amount=amount, unit=unit):
                due, provisional = self._due(start, amount, unit)
                self.assertLocal(due.replace(second=0), expected)
                self.assertFalse(provisional)

    def test_working_hours(self):
        """Working hours stop at lunch, at night, on days off, and run on make-up days."""
        for start, amount, expected in (
            ("2026-03-11 11:30", 1, "2026-03-11 14:00"),
            ("2026-03-11 17:00", 1, "2026-03-12 09:00"),
            ("2026-03-11 12:30", 4, "2026-03-11 17:30"),
            ("2026-09-30 16:40", 2, "2026-10-08 09:40"),
            ("2026-10-09 17:00", 1, "2026-10-10 09:00"),
            ("2026-03-11 08:30", 0.5, "2026-03-11 09:00"),
            ("2026-03-11 06:00", 7.5, "2026-03-11 17:30"),
        ):
            with self.subTest(start=start, amount=amount):
                self.assertLocal(self._due(start, amount, "working_hour")[0], expected)

    def test_bad_input(self):
        """Rules without a limit are refused with a message."""
        for amount, unit in (
            (0, "hour"),
            (-1, "working_day"),
            (1.5, "working_day"),
            (float("nan"), "minute"),
            (float("inf"), "hour"),
            (1e9, "calendar_day"),
            (10**7, "working_day"),
            (1, "fortnight"),
            (1, None),
        ):
            with self.subTest(amount=amount, unit=unit), self.assertRaises(ValidationError):
                self._due("2026-03-11 10:00", amount, unit)

    def test_fraction_of_a_day_is_no_unknown_unit(self):
        """The message for half a working day speaks of the amount, not of the unit."""
        with self.assertRaisesRegex(ValidationError, "1.5 working_day"):
            self._due("2026-03-11 10:00", 1.5)

    def test_empty_calendar(self):
        """A calendar without working hours gives no limit."""
        empty = self.env["resource.calendar"].create(
            {"name": "Nobody", "attendance_ids": [Command.clear()]}
        )
        empty.attendance_ids.unlink()
        with self.assertRaises(ValidationError):
            self._due("2026-03-11 10:00", 1, calendar=empty)
        self.assertLocal(self._due("2026-03-11 10:00", 1, "hour", empty)[0], "2026-03-11 11:00")

    def test_time_zone(self):
        """The same hours in another zone end at another instant."""
        tokyo = self._make_calendar("Tokyo", tz="Asia/Tokyo")
        due, _provisional = self._due("2026-03-11 10:00", 1, calendar=tokyo)
        self.assertLocal(due, "2026-03-12 16:30")
        tokyo.tz = "Asia/Shanghai"
        self.assertLocal(self._due("2026-03-11 10:00", 1, calendar=tokyo)[0], "2026-03-12 17:30")

    def test_special_days_are_heard_of(self):
        """A day added, changed, moved or removed changes the next answer."""
        days = self.env["water.calendar.day"]
        self.assertLocal(self._due("2026-03-11 10:00", 1)[0], "2026-03-12 17:30")
        day = days.create({"name": "Flood", "date": "2026-03-12", "kind": "off"})
        self.assertLocal(self._due("2026-03-11 10:00", 1)[0], "2026-03-13 17:30")
        day.date = "2026-03-13"
        self.assertLocal(self._due("2026-03-11 10:00", 1)[0], "2026-03-12 17:30")
        self.assertLocal(self._due("2026-03-11 10:00", 2)[0], "2026-03-16 17:30")
        make_up = days.create({"name": "Make-up", "date": "2026-03-14", "kind": "work"})
        self.assertLocal(self._due("2026-03-11 10:00", 2)[0], "2026-03-14 17:30")
        make_up.kind = "off"
        self.assertLocal(self._due("2026-03-11 10:00", 2)[0], "2026-03-16 17:30")
        day.unlink()
        self.assertLocal(self._due("2026-03-11 10:00", 2)[0], "2026-03-13 17:30")

    def test_hours_are_heard_of(self):
        """Attendance lines changed, added or removed change the next answer."""
        self.assertLocal(self._due("2026-03-11 10:00", 1)[0], "2026-03-12 17:30")
        afternoon = self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "3" and line.day_period == "afternoon"
        )
        afternoon.hour_to = 18.0
        self.assertLocal(self._due("2026-03-11 10:00", 1)[0], "2026-03-12 18:00")
        afternoon.unlink()
        self.assertLocal(self._due("2026-03-11 10:00", 1)[0], "2026-03-12 12:00")
        self.env["resource.calendar.attendance"].create(
            {
                "name": "Saturday",
                "calendar_id": self.calendar.id,
                "dayofweek": "5",
                "hour_from": 9.0,
                "hour_to": 12.0,
                "day_period": "morning",
            }
        )
        self.assertLocal(self._due("2026-03-11 10:00", 3)[0], "2026-03-14 12:00")

    def test_day_of_one_calendar(self):
        """A calendar's special day leaves others alone."""
        days = self.env["water.calendar.day"]
        other = self._make_calendar("Other")
        days.create({"name": "Own", "date": "2026-03-12", "kind": "off", "calendar_id": other.id})
        self.assertLocal(self._due("2026-03-11 10:00", 1)[0], "2026-03-12 17:30")
        self.assertLocal(self._due("2026-03-11 10:00", 1, calendar=other)[0], "2026-03-13 17:30")
        other.special_day_ids.filtered(lambda day: day.date == date(2026, 10, 1)).kind = "work"
        self.assertLocal(self._due("2026-09-30 10:00", 1)[0], "2026-10-08 17:30")
        self.assertLocal(self._due("2026-09-30 10:00", 1, calendar=other)[0], "2026-10-01 17:30")

    def test_day_is_special_once(self):
        """One kind per day and calendar."""
        days = self.env["water.calendar.day"]
        days.create({"name": "A", "date": "2026-03-12"})
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            days.create({"name": "B", "date": "2026-03-12", "kind": "work"})
        self.assertIn("water_calendar_day", str(caught.exception))

    def test_odoo_itself_honours_special_days(self):
        """Odoo's own count of hours leaves out days off and adds make-up days."""

        def hours(first, last):
            return self.calendar.get_work_hours_count(
                local(first).replace(tzinfo=utc), local(last).replace(tzinfo=utc)
            )

        self.assertEqual(hours("2026-03-09 00:00", "2026-03-15 00:00"), 5 * 7.5)
        self.assertEqual(hours("2026-10-01 00:00", "2026-10-08 00:00"), 0)
        self.assertEqual(hours("2026-10-10 00:00", "2026-10-11 00:00"), 7.5)
        self.assertEqual(hours("2026-10-10 10:30", "2026-10-10 14:30"), 2.5)

    def test_today_is_the_companys(self):
        """Not the zone of the user, such as a scheduled action, which has none."""
        berlin = self.env["res.company"].create({"name": "Berlin"})
        berlin.water_calendar_id = self._make_calendar("Berlin office", tz="Europe/Berlin")
        with freeze_time(local("2026-03-11 01:00")):  # 18:00 of the day before in Berlin
            for tz in (False, "America/New_York"):
                here = self.company.with_context(tz=tz)
                self.assertEqual(here._water_today(), date(2026, 3, 11))
                self.assertEqual(here.browse()._water_today(), date(2026, 3, 11))
                self.assertEqual((here + berlin)[1]._water_today(), date(2026, 3, 10))

    def test_holidays_are_loaded_once(self):
        """Loading the State Council's days again adds nothing; 2026 has its fixed number."""
        days = self.env["water.calendar.day"]
        self.assertFalse(days._load_china([2026]))
        common = [("calendar_id", "=", self.calendar.id), ("date", ">=", "2026-01-01")]
        kinds = days.search([*common, ("date", "<=", "2026-12-31")]).grouped("kind")
        self.assertEqual(len(kinds["off"]), 19)
        self.assertEqual(
            sorted(kinds["work"].mapped("date")),
            [
                date(2026, 1, 4),
                date(2026, 2, 14),
                date(2026, 2, 28),
                date(2026, 5, 9),
                date(2026, 9, 20),
                date(2026, 10, 10),
            ],
        )

    def test_years_that_are_loaded(self):
        """Last year's and all later ones, by the company's day; else the last that is known."""
        days = self.env["water.calendar.day"]
        for moment, years in (
            ("2025-06-01 10:00", {2024, 2025, 2026}),
            ("2026-12-31 23:30", {2025, 2026}),
            ("2027-01-01 00:30", {2026}),  # 2026 still in London
            ("2031-06-01 10:00", {2026}),
        ):
            known = {2022, 2023, 2024, 2025, 2026}
            with (
                self.subTest(moment),
                freeze_time(local(moment)),
                patch.object(type(days), "_known_china_years", lambda _days, known=known: known),
            ):
                self.assertEqual(days._recent_china_years(), years)

    def test_new_years_are_loaded_once(self):
        """Years the calendar never had; the user is told which."""
        days = self.env["water.calendar.day"]
        here = [("calendar_id", "=", self.calendar.id), ("date", ">=", "2026-01-01")]
        days.search(here).unlink()
        self.calendar.water_china_years = "2025"
        with patch.object(type(days), "_known_china_years", lambda _days: {2025, 2026}):
            loaded = days._load_new_china(self.calendar)
            self.assertEqual(len(loaded), 25)
            self.assertEqual(loaded, days.search(here))
            self.assertFalse(days._load_new_china(self.calendar))

    def test_warm_calendar_asks_nothing(self):
        """Once warm, a limit needs no query."""
        self._due("2026-03-11 10:00", 5)
        self.env.flush_all()
        with self.assertQueryCount(0):
            for day in range(100):
                self.calendar._water_due_at(
                    datetime(2026, 3, 11) + timedelta(days=day), 5, "working_day"
                )
