"""Working days and working hours of one calendar, free of the ORM.

Counting rule (domain: civil practice behind S3.1.2a): the day of receipt is not counted,
day 1 is the next working day, and the limit ends at the close of business of day N.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
#: A limit further away than this is taken for a mistake.
MAX_YEARS = 30


def wall_time(moment, zone):
    """Return local time in ``zone`` at ``moment`` (naive UTC), without a zone."""
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def wall_moment(wall, zone):
    """Return the naive UTC moment of the local time ``wall`` in ``zone``.

    An hour that comes twice counts as the first; one that is left out, as much later.
    """
    return wall.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


class WorkTime:
    """Working time: weekly hours, days off, make-up working days.

    :param tz: name of the time zone of the hours
    :param week: weekday (0 = Monday) → tuple of ``(from, to)`` hours as floats, sorted
    :param off: days off that the week would work
    :param work: extra working days (调休 make-up days)
    :param loaded_years: years with known holidays; other years are provisional
    :param two_weeks: the hours alternate; ``week`` then continues with 7 = Monday of the second
        week, weeks told apart as Odoo does
    """

    def __init__(self, tz, week, off=(), work=(), loaded_years=(), two_weeks=False):
        self.zone = ZoneInfo(tz)
        self.week = {day: tuple(spans) for day, spans in week.items() if spans}
        if not self.week:
            raise ValueError("a calendar without working hours")
        self.off = frozenset(off)
        self.work = frozenset(work)
        self.loaded_years = frozenset(loaded_years)
        self.two_weeks = two_weeks
        # A make-up day is worked like the first working day of an ordinary week.
        self.make_up_spans = self.week[min(self.week)]
        self._years = {}

    def _ordinary(self, day):
        second = self.two_weeks and (day.toordinal() - 1) // 7 % 2
        return self.week.get(day.weekday() + 7 * second, ())

    def is_make_up(self, day):
        """Whether ``day`` is worked only because it makes up for a day off."""
        return day in self.work and day not in self.off and not self._ordinary(day)

    def spans(self, day):
        """Return the working spans of ``day`` as ``(from, to)`` hours, () when it is off."""
        if day in self.off:
            return ()
        spans = self._ordinary(day)
        return self.make_up_spans if not spans and self.is_make_up(day) else spans

    def _working_ordinals(self, year):
        if year not in self._years:
            first, last = date(year, 1, 1), date(year, 12, 31)
            days = (first + DAY * n for n in range((last - first).days + 1))
            self._years[year] = [day.toordinal() for day in days if self.spans(day)]
        return self._years[year]

    def _nth_working_day(self, after, count):
        for year in range(after.year, after.year + MAX_YEARS):
            ordinals = self._working_ordinals(year)
            position = bisect_right(ordinals, after.toordinal()) if year == after.year else 0
            if position + count <= len(ordinals):
                return date.fromordinal(ordinals[position + count - 1])
            count -= len(ordinals) - position
        raise ValueError("a limit beyond the calendar")

    def _is_provisional(self, first, last):
        return not self.loaded_years.issuperset(range(first.year, last.year + 1))

    def _at(self, day, hour):
        clock = time() if hour >= 24 else (datetime.min + timedelta(hours=hour)).time()
        day = day + DAY if hour >= 24 else day
        local = datetime.combine(day, clock.replace(microsecond=0), self.zone)
        return local.astimezone(UTC).replace(tzinfo=None)

    def local_date(self, start):
        """The date on the wall of this calendar's people at ``start`` (naive UTC)."""
        return start.replace(tzinfo=UTC).astimezone(self.zone).date()

    def add_days(self, start, count):
        """Close of business of the ``count``-th working day after ``start``'s day.

        :param start: naive UTC datetime of receipt
        :param count: whole number of working days, at least 1
        :return: ``(due, provisional)``, ``due`` naive UTC
        :raises ValueError: when ``count`` is below 1 or out of the calendar
        """
        if count < 1:
            raise ValueError("a limit of less than one working day")
        received = self.local_date(start)
        day = self._nth_working_day(received, count)
        return self._at(day, self.spans(day)[-1][1]), self._is_provisional(received, day)

    def part_of_days(self, start, days):
        """The instant at which a part of a limit in working days has passed.

        Whole days end at close of business; what is left over is a share of the working
        time of the day after: 2.5 is the middle of the third working day's hours.

        :param start: naive UTC datetime of receipt
        :param days: working days, positive, not necessarily whole
        :return: naive UTC datetime
        """
        whole, share = divmod(days, 1)
        if not share:
            return self.add_days(start, int(whole))[0]
        day = self._nth_working_day(self.local_date(start), int(whole) + 1)
        spans = self.spans(day)
        opening = self._at(day, spans[0][0])
        return self.add_hours(opening, sum([end - begin for begin, end in spans]) * share)[0]

    def add_hours(self, start, hours):
        """The instant at which ``hours`` of working time have passed since ``start``.

        Breaks, nights and days off do not count.

        :param start: naive UTC datetime
        :param hours: working hours, positive
        :return: ``(due, provisional)``, ``due`` naive UTC
        :raises ValueError: when ``hours`` is not positive or out of the calendar
        """
        if hours <= 0:
            raise ValueError("a limit without time")
        left = timedelta(hours=hours)
        first = day = self.local_date(start)
        while day.year < first.year + MAX_YEARS:
            for begin, end in self.spans(day):
                opens, closes = max(self._at(day, begin), start), self._at(day, end)
                if closes - opens >= left:
                    return opens + left, self._is_provisional(first, day)
                left -= max(closes - opens, timedelta())
            day += DAY
        raise ValueError("a limit beyond the calendar")

    def is_unknown(self, moment):
        """Whether the days before ``moment`` fall into a year whose holidays are not known."""
        last = self.local_date(moment)
        return self._is_provisional(last - DAY, last)

    def hours_before(self, moment, hours):
        """The instant that lies ``hours`` of working time before ``moment``.

        :param moment: naive UTC datetime
        :param hours: working hours, positive
        :return: naive UTC datetime
        :raises ValueError: when it is out of the calendar
        """
        left = timedelta(hours=hours)
        last = day = self.local_date(moment)
        while day.year > last.year - MAX_YEARS:
            for begin, end in reversed(self.spans(day)):
                opens, closes = self._at(day, begin), min(self._at(day, end), moment)
                if closes - opens >= left:
                    return closes - left
                left -= max(closes - opens, timedelta())
            day -= DAY
        raise ValueError("a moment before the calendar")

    def hours_between(self, start, end):
        """Working hours from ``start`` to ``end`` (naive UTC), 0 when ``end`` is not later."""
        total, day, last = timedelta(), self.local_date(start), self.local_date(end)
        while day <= last:
            for begin, finish in self.spans(day):
                opens, closes = max(self._at(day, begin), start), min(self._at(day, finish), end)
                total += max(closes - opens, timedelta())
            day += DAY
        return total / timedelta(hours=1)

    def close_of_business(self, moment):
        """The end of the working time of ``moment``'s day, or of the next working day."""
        day = self.local_date(moment)
        if not self.spans(day):
            day = self._nth_working_day(day, 1)
        return max(self._at(day, self.spans(day)[-1][1]), moment)

    def next_opening(self, moment):
        """``moment`` itself in working time, else the next moment at which people work."""
        day = self.local_date(moment)
        for begin, end in self.spans(day):
            if moment < self._at(day, end):
                return max(moment, self._at(day, begin))
        following = self._nth_working_day(day, 1)
        return self._at(following, self.spans(following)[0][0])

    def day_before(self, moment):
        """Close of business of the last working day before ``moment``'s day."""
        day = self.local_date(moment) - DAY
        first = day
        while not self.spans(day):
            day -= DAY
            if day.year < first.year - MAX_YEARS:
                raise ValueError("a calendar without working days")
        return self._at(day, self.spans(day)[-1][1])
