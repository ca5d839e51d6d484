from datetime import date, datetime, timedelta

from pytz import timezone, utc

from odoo.fields import Command
from odoo.tests import tagged

from ...base.tests.common import WaterCommon, local

DAY = timedelta(days=1)
SHANGHAI = timezone("Asia/Shanghai")


@tagged("post_install", "-at_install")
class TestCalendarKinds(WaterCommon):
    """Calendars of Odoo's own kinds: lunch lines, 大小周, flexible hours."""

    def _calendar(self, lines, **values):
        """A calendar of ``(week or False, weekday, from, to, period)``."""
        rows = [
            Command.create(
                {
                    "name": "x",
                    "week_type": week,
                    "dayofweek": day,
                    "hour_from": opens,
                    "hour_to": closes,
                    "day_period": period,
                }
            )
            for week, day, opens, closes, period in lines
        ]
        values = {"name": "Kind", "tz": "Asia/Shanghai", **values}
        return self.env["resource.calendar"].create(
            {**values, "attendance_ids": [Command.clear(), *rows]}
        )

    def _office(self, **values):
        """Monday to Friday with a lunch line, as Odoo's own calendars have it."""
        hours = ((9, 12, "morning"), (12, 13, "lunch"), (13, 17, "afternoon"))
        return self._calendar([(False, day, *span) for day in "01234" for span in hours], **values)

    def _big_and_small_week(self):
        """大小周: every day of the fortnight ends at another time; one weekend in two is worked."""
        lines = [("0", str(day), 9, 12 + day / 4, "morning") for day in range(5)]
        lines += [("1", str(day), 9, 15 + day / 4, "morning") for day in range(7)]
        return self._calendar(lines, two_weeks_calendar=True)

    def _special(self, calendar, kind, day):
        return self.env["water.calendar.day"].create(
            {"name": kind, "kind": kind, "date": day, "calendar_id": calendar.id}
        )

    def _intervals(self, calendar, first, days=1, **options):
        """``(begin, end)`` on the wall, as Odoo's own function gives them."""
        begin = SHANGHAI.localize(datetime.combine(first, datetime.min.time()))
        found = calendar._attendance_intervals_batch(begin, begin + DAY * days, **options)[False]
        return [
            tuple(moment.astimezone(SHANGHAI).replace(tzinfo=None) for moment in item[:2])
            for item in found
        ]

    def test_lunch_lines_are_no_working_time(self):
        """The hour from twelve to one is not worked, whether time is counted or shared out."""
        calendar = self._office()
        start = local("2026-03-11 11:30")
        self.assertLocal(calendar._water_due_at(start, 1, "working_hour")[0], "2026-03-11 13:30")
        self.assertLocal(calendar._water_part(start, 1, "working_day", 50), "2026-03-12 13:30")
        self.assertEqual(calendar._water_week()[0], [(9, 12), (13, 17)])

    def test_two_weeks_on_all_fourteen_days(self):
        """Each day of the fortnight closes at its own hour, counted from the day before."""
        calendar = self._big_and_small_week()
        closes = {  # 9 March 2026 begins a second week by Odoo's count
            "2026-03-09": "15:00",
            "2026-03-10": "15:15",
            "2026-03-11": "15:30",
            "2026-03-12": "15:45",
            "2026-03-13": "16:00",
            "2026-03-14": "16:15",
            "2026-03-15": "16:30",
            "2026-03-16": "12:00",
            "2026-03-17": "12:15",
            "2026-03-18": "12:30",
            "2026-03-19": "12:45",
            "2026-03-20": "13:00",
            "2026-03-21": None,
            "2026-03-22": None,
        }
        lines = self.env["resource.calendar.attendance"]
        self.assertEqual(lines.get_week_type(date(2026, 3, 9)), 1)
        worked = [f"{day} {hour}" for day, hour in closes.items() if hour]
        for day, hour in closes.items():
            with self.subTest(day=day):
                before = date.fromisoformat(day) - DAY
                due = calendar._water_due_at(local(f"{before} 12:00"), 1, "working_day")[0]
                following = [moment for moment in worked if moment[:10] >= day]
                self.assertLocal(due, (following or ["2026-03-23 15:00"])[0])
                theirs = self._intervals(calendar, date.fromisoformat(day))
                self.assertEqual([f"{end:%H:%M}" for _begin, end in theirs], [hour] if hour else [])

    def test_a_make_up_day_of_two_weeks(self):
        """Worked like one Monday, not like both, in our count and in Odoo's."""
        calendar = self._big_and_small_week()
        self._special(calendar, "work", date(2026, 3, 22))
        self.assertEqual(
            self._intervals(calendar, date(2026, 3, 22)),
            [(datetime(2026, 3, 22, 9), datetime(2026, 3, 22, 12))],
        )
        due = calendar._water_due_at(local("2026-03-21 12:00"), 1, "working_day")[0]
        self.assertLocal(due, "2026-03-22 12:00")

    def test_special_days_in_odoos_own_functions(self):
        """Odoo's plain functions follow them too: days off are off, make-up days worked."""
        calendar = self._office()
        self._special(calendar, "off", date(2026, 3, 11))
        self._special(calendar, "work", date(2026, 3, 14))
        self.assertEqual(self._intervals(calendar, date(2026, 3, 11)), [])
        self.assertEqual(len(self._intervals(calendar, date(2026, 3, 14))), 2)

    def test_lunch_and_domain_are_odoos_own(self):
        """Asked for lunch hours or for some lines alone, Odoo gets just those."""
        calendar = self._office()
        self._special(calendar, "work", date(2026, 3, 14))
        noon = [(datetime(2026, 3, 11, 12), datetime(2026, 3, 11, 13))]
        self.assertEqual(self._intervals(calendar, date(2026, 3, 11), lunch=True), noon)
        self.assertEqual(self._intervals(calendar, date(2026, 3, 14), lunch=True), [])
        domain = [("day_period", "=", "morning")]
        morning = [(datetime(2026, 3, 11, 9), datetime(2026, 3, 11, 12))]
        self.assertEqual(self._intervals(calendar, date(2026, 3, 11), domain=domain), morning)
        self.assertEqual(self._intervals(calendar, date(2026, 3, 14), domain=domain), [])

    def test_flexible_hours_are_odoos_own(self):
        """People who come when they like have no make-up days: Odoo's answer stays."""
        calendar = self._office(flexible_hours=True, hours_per_day=8)
        before = self._intervals(calendar, date(2026, 3, 9), 7)
        self._special(calendar, "off", date(2026, 3, 11))
        self._special(calendar, "work", date(2026, 3, 14))
        self.assertTrue(before)
        self.assertEqual(self._intervals(calendar, date(2026, 3, 9), 7), before)

    def test_a_calendar_without_hours_is_asked(self):
        """Without working hours Odoo gets empty results, not an error."""
        calendar = self._calendar([])
        calendar.attendance_ids.unlink()
        self._special(calendar, "work", date(2026, 3, 14))
        begin = utc.localize(datetime(2026, 3, 9))
        found = calendar._attendance_intervals_batch(begin, begin + DAY * 7)
        self.assertFalse(list(found[False]))
