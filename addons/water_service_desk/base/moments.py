"""Moments and spans of time as staff read them, for many records at once."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.tools import format_datetime

#: The smallest step of the moments that are kept: a limit is missed so much later.
SECOND = timedelta(seconds=1)
#: Clocks of other machines, and watches, may run a little ahead of ours.
CLOCK_SKEW = timedelta(minutes=5)


def is_late(due, at):
    """Whether ``at`` is too late for ``due``: the limit itself, to the second, is in time.

    The one comparison for all limits; both are naive UTC datetimes, or both dates.
    """
    return at > due


def which_of_two(moment, tz):
    """`` (UTC+2)`` for a moment in the hour that comes twice when summer time ends, else "".

    :param moment: naive UTC
    :param tz: name of the zone in which it is written
    """
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(tz or "UTC"))
    if len({local.replace(fold=fold).utcoffset() for fold in (0, 1)}) == 1:
        return ""
    ahead = local.replace(tzinfo=None) - moment
    return f" (UTC{ahead / timedelta(hours=1):+g})"


def moment_text(env, moment, tz, dt_format=None):
    """Return a moment as text in a zone, and which of the two in an hour that comes twice.

    :param moment: naive UTC; "" if empty
    :param dt_format: as for ``format_datetime``; by default 2026-10-13 17:30, which avoids the slow
        look-up of the language
    """
    if not moment:
        return ""
    if dt_format:
        text = format_datetime(env, moment, tz=tz, dt_format=dt_format)
    else:
        zone = ZoneInfo(tz or env.user.tz or "UTC")
        text = f"{moment.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}"
    return text + which_of_two(moment, tz)


def day_text(day):
    """A day as it stands on customers' pages, beside moments: 2026-10-13; "" for none."""
    return fields.Date.to_date(day).isoformat() if day else ""


def short_writer(env, tz=None):
    """A function that writes naive UTC datetimes, such as 2026-10-13 17:30, in the zone of ``env``.

    They read as on the customers' pages, where they stand next to each other, in any language.
    Odoo's ``format_datetime`` looks for language and locale again at each call, which takes
    longer than all the rest of a list of time limits.

    :param tz: the company's time zone: for customers, and for staff who have none of their own
    """
    base = env["base"].with_env(env)
    own = env.user._is_internal() and env.user.tz
    base = base.with_context(tz=own or tz or env.context.get("tz"))

    def write(moment):
        local = fields.Datetime.context_timestamp(base, moment)
        return f"{local:%Y-%m-%d %H:%M}{which_of_two(moment, base.env.context['tz'])}"

    return write


def until_text(env, due, now):
    """Return the time from ``now`` until ``due`` (naive UTC) in words of ``env``.

    :param due: returns "" if empty
    """
    if not due:
        return ""
    span = span_text(env, int(abs(due - now).total_seconds() // 60))
    return env._("Overdue by %s", span) if is_late(due, now) else env._("%s left", span)


def span_text(env, minutes):
    """A span of time, such as 3 h 12 min."""
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        return env._("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return env._("%(minutes)s min", minutes=minutes)


def hours_text(start, end):
    """Hours of the day, such as 18:00–22:30.

    :param start: the first, as a float: 22.5 is half past ten in the evening
    :param end: the last, likewise
    """
    minutes = (round(hours * 60) for hours in (start, end))
    return "–".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes)
