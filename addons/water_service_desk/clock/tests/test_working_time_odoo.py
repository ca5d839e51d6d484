from datetime import UTC, date, datetime, timedelta

from pytz import utc

from odoo.fields import Command
from odoo.tests import tagged

from ...base.tests.common import WaterCommon
from ...base.tests.examples import HealthCheck, given, settings, st

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
SETTINGS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
ZONES = st.sampled_from(("Asia/Shanghai", "Europe/London", "America/New_York"))
#: Office with a lunch break, two shifts, a night shift, three short sessions. None ends at
#: 24:00, which Odoo itself takes for a microsecond earlier.
SPANS = st.sampled_from(
    [
        ((8.5, 12.0), (13.5, 17.5)),
        ((6.0, 14.0), (14.0, 22.0)),
        ((0.0, 6.0), (22.0, 23.75)),
        ((8.0, 9.0), (10.0, 11.0), (12.0, 13.0)),
    ]
)
WEEKS = st.dictionaries(st.integers(0, 6), SPANS, min_size=1)
DATES = st.integers(0, 420).map(lambda n: FIRST + DAY * n)
#: Make-up days and days off, dense enough that most examples meet some.
SPECIAL = st.dictionaries(DATES, st.sampled_from(("off", "work")), max_size=80)
STARTS = st.integers(0, 380 * 24 * 60).map(lambda n: datetime(2026, 1, 1) + timedelta(minutes=n))


@tagged("post_install", "-at_install")
class TestWorkingTimeOdoo(WaterCommon):
    """The engine against Odoo's own ``resource.calendar``, over random calendars."""

    def _calendar(self, zone, week, special):
        lines = [
            Command.create({"name": "x", "dayofweek": str(day), "hour_from": begin, "hour_to": end})
            for day, spans in week.items()
            for begin, end in spans
        ]
        days = [
            Command.create({"name": "x", "date": day, "kind": kind})
            for day, kind in special.items()
        ]
        return self.env["resource.calendar"].create(
            {
                "name": "Random",
                "tz": zone,
                "attendance_ids": [Command.clear(), *lines],
                "special_day_ids": days,
            }
        )

    @SETTINGS
    @given(ZONES, WEEKS, SPECIAL, STARTS, st.integers(1, 400))
    def test_hours_equal_plan_hours(self, zone, week, special, start, quarters):
        """Working hours end where Odoo's ``plan_hours`` ends, to the second."""
        calendar = self._calendar(zone, week, special)
        due, _provisional = calendar._water_due_at(start, quarters / 4, "working_hour")
        theirs = calendar.plan_hours(quarters / 4, utc.localize(start), compute_leaves=True)
        self.assertEqual(due, theirs.astimezone(UTC).replace(tzinfo=None))

    @SETTINGS
    @given(
        ZONES,
        WEEKS,
        SPECIAL,
        STARTS,
        st.integers(1, 40),
        st.integers(0, 3 * 24 * 60),
        st.integers(0, 9 * 24 * 60),
    )
    def test_a_pause_loses_no_time(self, zone, week, special, start, quarters, wait, length):
        """The worked parts before and after a pause are the whole limit, by Odoo's count."""
        calendar = self._calendar(zone, week, special)
        due, _provisional = calendar._water_due_at(start, quarters / 4, "working_hour")
        paused = min(start + timedelta(minutes=wait), due)
        resumed = paused + timedelta(minutes=length)
        clock = self.env["water.deadline"].new({"unit": "working_hour"})
        clock.calendar_id = calendar
        later, _provisional = clock._due_after_pause(paused, resumed, due, False)
        worked = self._odoo_hours(calendar, start, paused)
        worked += self._odoo_hours(calendar, resumed, later)
        if resumed <= due and not self._odoo_hours(calendar, paused, resumed):
            self.assertEqual(later, due)  # no working time meanwhile: nothing gained
        self.assertAlmostEqual(worked, quarters / 4)

    def _odoo_hours(self, calendar, start, end):
        return calendar.get_work_hours_count(utc.localize(start), utc.localize(end))
