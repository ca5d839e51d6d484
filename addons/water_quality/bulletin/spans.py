"""Days, weeks, months and years that bulletins are about; pure arithmetic."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

LENGTHS = {
    "day": relativedelta(days=1),
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "year": relativedelta(years=1),
}
#: of what, and how many, the line of a chart is made
TRENDS = {"day": ("day", 14), "week": ("day", 28), "month": ("month", 12), "year": ("month", 12)}


def begins(kind, day):
    """The first day of the span that ``day`` lies in; weeks begin on Monday.

    :param kind: a key of :data:`LENGTHS`
    :param day: a date
    """
    if kind == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(
        month=1 if kind == "year" else day.month, day=1 if kind in ("month", "year") else day.day
    )


def steps(kind, end):
    """The spans of the trend that ends with ``end``: ``[(first day, first day after)]``."""
    unit, count = TRENDS[kind]
    length, found = LENGTHS[unit], []
    for _step in range(count):
        found.append((end - length, end))
        end = end - length
    return found[::-1]
