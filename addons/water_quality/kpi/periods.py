"""Periods of sheets, by the calendar of a company; pure arithmetic."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

#: how long each kind of period is
LENGTHS = {
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}


def first_day(kind, day):
    """The first day of the period that ``day`` lies in.

    :param kind: ``month``, ``quarter`` or ``year``
    :param day: a date
    """
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[kind]
    return day.replace(month=month, day=1)


def after(kind, day):
    """The first day after the period that begins on ``day``."""
    return day + LENGTHS[kind]


def before(kind, day):
    """The first day of the period before the one that begins on ``day``."""
    return day - LENGTHS[kind]


def midnight(day, zone):
    """The naive UTC moment at which ``day`` begins.

    :param day: a date
    :param zone: name of the time zone in which it is one
    """
    moment = datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC).replace(tzinfo=None)
