"""When a customer may be called: in the customer's time zone, stored as naive UTC."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: The whole day, as hours.
ALL_DAY = (0.0, 24.0)


def local_hour(moment, tz):
    """The hour of the day, 0 to 24 as a float, at which a clock in ``tz`` stands.

    :param moment: naive UTC datetime
    :param tz: name of the time zone
    """
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(tz))
    return local.hour + local.minute / 60 + local.second / 3600


def common_hours(wish, office):
    """The hours that suit both; a wish that lies wholly outside the office hours prevails.

    :param wish: ``(from, until)`` hours at which the customer likes to be called
    :param office: ``(from, until)`` hours at which the company calls
    """
    hours = max(wish[0], office[0]), min(wish[1], office[1])
    return hours if hours[0] < hours[1] else wish


def is_open(moment, tz, hours):
    """Whether ``moment`` (naive UTC) lies within ``hours`` of its day in ``tz``."""
    return hours[0] <= local_hour(moment, tz) < hours[1]


def next_open(moment, tz, hours):
    """``moment`` itself within ``hours``, else their next beginning (naive UTC, both).

    :param moment: naive UTC datetime
    :param tz: name of the time zone
    :param hours: ``(from, until)``
    """
    hour = local_hour(moment, tz)
    if hours[0] <= hour < hours[1]:
        return moment
    zone = ZoneInfo(tz)
    day = moment.replace(tzinfo=UTC).astimezone(zone).date() + timedelta(days=hour >= hours[1])
    opening = datetime.combine(day, time.min) + timedelta(minutes=round(hours[0] * 60))
    return opening.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
