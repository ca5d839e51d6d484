from datetime import UTC, date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from ...base.tests.examples import HealthCheck, given, settings, st
from ..working_time import WorkTime

DAY = timedelta(days=1)
ZONES = (
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
)
FIRST = date(2026, 1, 1)
# a busy machine is slow, which says nothing of the examples
SETTINGS = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

#: Dates within a year and a half, so that limits cross a new year and both DST changes.
DATES = st.integers(0, 540).map(lambda n: FIRST + DAY * n)
#: Breaks, two shifts, nights, the whole day, in quarters of an hour. None opens or closes
#: between 0:30 and 4:00, when some zone changes its clocks and a time of day may not exist.
SPANS = st.sampled_from(
    [
        ((0.0, 6.0),),
        ((0.0, 4.0), (22.0, 24.0)),
        ((0.0, 0.5), (5.0, 12.0), (12.0, 24.0)),
        ((6.0, 14.0), (14.0, 22.0)),
        ((0.0, 24.0),),
        ((8.5, 12.0), (13.5, 17.5)),
        ((9.0, 17.0),),
        ((6.25, 6.5), (6.75, 23.75)),
        ((18.0, 24.0),),
        ((8.0, 9.0), (10.0, 11.0), (12.0, 13.0)),
    ]
)
WEEKS = st.dictionaries(st.integers(0, 6), SPANS, min_size=1)
CALENDARS = st.builds(
    WorkTime,
    st.sampled_from(ZONES),
    WEEKS,
    off=st.frozensets(DATES, max_size=60),
    work=st.frozensets(DATES, max_size=60),
    loaded_years=st.frozensets(st.sampled_from((2026, 2027, 2028)), max_size=3),
)
MINUTES = st.integers(0, 500 * 24 * 60)
#: Half of the instants lie on a full half hour, where spans open and close.
STARTS = st.one_of(MINUTES, MINUTES.map(lambda n: n - n % 30)).map(
    lambda n: datetime(2026, 1, 1) + timedelta(minutes=n)
)


def as_local(moment, zone):
    """The wall-clock time of a naive UTC instant."""
    return moment.replace(tzinfo=UTC).astimezone(zone)


def slow_spans(times, day):
    """The working time of ``day``, derived from the calendar's four parts."""
    if day in times.off:
        return ()
    if day.weekday() in times.week:
        return times.week[day.weekday()]
    return times.week[min(times.week)] if day in times.work else ()


def slow_close(times, day):
    """The last instant worked on ``day``, as naive UTC."""
    midnight = datetime.combine(day, datetime.min.time())
    closing = midnight + timedelta(hours=slow_spans(times, day)[-1][1])
    return closing.replace(tzinfo=times.zone).astimezone(UTC).replace(tzinfo=None)


def days_from(day, step):
    """The days after ``day``, or with a step of -1 those before it, without end."""
    while True:
        day += DAY * step
        yield day


def slow_days(times, start, count):
    """Close of business of the ``count``-th working day, counting one day after the other."""
    received = day = as_local(start, times.zone).date()
    while count:
        day += DAY
        count -= bool(slow_spans(times, day))
    years = set(range(received.year, day.year + 1))
    return slow_close(times, day), not years <= times.loaded_years


def is_worked(times, moment):
    """Whether the minute that begins at ``moment`` (naive UTC) is worked."""
    wall = as_local(moment, times.zone)
    hour = wall.hour + wall.minute / 60
    return any(begin <= hour < end for begin, end in slow_spans(times, wall.date()))


def slow_minutes(times, start, minutes):
    """The instant after so many worked minutes, looking at every minute of the clock."""
    moment = start
    while minutes:
        minutes -= is_worked(times, moment)
        moment += timedelta(minutes=1)
    return moment


def slow_worked(times, start, end):
    """How many minutes are worked between two instants."""
    length = (end - start) // timedelta(minutes=1)
    return sum(is_worked(times, start + timedelta(minutes=n)) for n in range(length))


def slow_opening(times, moment):
    """The first worked minute from ``moment`` on."""
    while not is_worked(times, moment):
        moment += timedelta(minutes=1)
    return moment


@tagged("post_install", "-at_install")
class TestWorkingTime(BaseCase):
    """The arithmetic of working days and hours, without a database."""

    OFFICE = dict.fromkeys(range(5), ((8.5, 12.0), (13.5, 17.5)))

    def _office(self, **options):
        return WorkTime("Asia/Shanghai", self.OFFICE, **options)

    @SETTINGS
    @given(CALENDARS, STARTS, st.integers(1, 60))
    def test_days_equal_a_slow_count(self, times, start, count):
        """Any calendar, zone, instant: the same as counting day by day, provisional too."""
        self.assertEqual(times.add_days(start, count), slow_days(times, start, count))

    @SETTINGS
    @given(CALENDARS, STARTS, st.integers(1, 40))
    def test_hours_equal_a_slow_count(self, times, start, quarters):
        """Working hours end where looking at every single minute ends."""
        due, _provisional = times.add_hours(start, quarters / 4)
        self.assertEqual(due, slow_minutes(times, start, quarters * 15))

    @SETTINGS
    @given(CALENDARS, STARTS, st.integers(0, 6 * 24 * 60))
    def test_hours_between_equal_a_slow_count(self, times, start, minutes):
        """The time worked between two instants is the number of worked minutes, DST or not."""
        end = start + timedelta(minutes=minutes)
        worked = slow_worked(times, start, end)
        self.assertAlmostEqual(times.hours_between(start, end), worked / 60)

    @SETTINGS
    @given(CALENDARS, STARTS)
    def test_openings_equal_a_slow_search(self, times, start):
        """The next opening, the close of business and the day before, found by looking."""
        self.assertEqual(times.next_opening(start), slow_opening(times, start))
        day = as_local(start, times.zone).date()
        before = next(d for d in days_from(day, -1) if slow_spans(times, d))
        self.assertEqual(times.day_before(start), slow_close(times, before))
        today = (
            day
            if slow_spans(times, day)
            else next(d for d in days_from(day, 1) if slow_spans(times, d))
        )
        self.assertEqual(times.close_of_business(start), max(slow_close(times, today), start))

    @SETTINGS
    @given(CALENDARS, STARTS, st.integers(1, 20), st.integers(1, 99))
    def test_part_lies_inside(self, times, start, count, percent):
        """A share of a limit in days comes after the start and before its end."""
        part = times.part_of_days(start, count * percent / 100)
        self.assertLess(part, times.add_days(start, count)[0])
        if count * percent >= 100:
            self.assertGreater(part, start)

    def test_part_of_days(self):
        """80 % of five days closes the fourth; half a day more is its working middle."""
        office = self._office()
        monday = datetime(2026, 3, 9, 1)
        self.assertEqual(office.part_of_days(monday, 4), datetime(2026, 3, 13, 9, 30))
        # 7.5 h a day: the middle is 3.75 h after 8:30, lunch left out: 13:45 local
        self.assertEqual(office.part_of_days(monday, 1.5), datetime(2026, 3, 11, 5, 45))

    def test_make_up_day_works_like_a_monday(self):
        """A worked Saturday has the hours of the first day of the week."""
        saturday = date(2026, 10, 10)
        office = self._office(work=[saturday])
        self.assertEqual(office.spans(saturday), self.OFFICE[0])
        self.assertTrue(office.is_make_up(saturday))
        self.assertEqual(self._office().spans(saturday), ())
        self.assertFalse(self._office(work=[date(2026, 10, 9)]).is_make_up(date(2026, 10, 9)))

    def test_day_off_wins(self):
        """A day off is not worked, regardless of other settings."""
        day = date(2026, 10, 1)
        office = self._office(off=[day], work=[day])
        self.assertEqual(office.spans(day), ())

    def test_two_weeks_alternate(self):
        """Odd and even weeks have their own hours, told apart as Odoo does."""
        week = {0: ((8.0, 12.0),), 7: ((13.0, 17.0),)}
        times = WorkTime("UTC", week, two_weeks=True)
        monday = date(2026, 3, 9)
        self.assertNotEqual(times.spans(monday), times.spans(monday + 7 * DAY))
        self.assertEqual(times.spans(monday), times.spans(monday + 14 * DAY))

    def test_no_limit(self):
        """No time, no working hours, no end: an error, never a guess."""
        office = self._office()
        for count in (0, -1, 10**7):
            with self.assertRaises(ValueError):
                office.add_days(datetime(2026, 3, 11), count)
        for hours in (0, -0.5, 10**6):
            with self.assertRaises(ValueError):
                office.add_hours(datetime(2026, 3, 11), hours)
        for week in ({}, {0: ()}):
            with self.assertRaises(ValueError):
                WorkTime("Asia/Shanghai", week)
        with self.assertRaises(ValueError):
            every_day_off = [FIRST + DAY * n for n in range(366 * 31)]
            self._office(off=every_day_off).add_days(datetime(2026, 3, 11), 1)
