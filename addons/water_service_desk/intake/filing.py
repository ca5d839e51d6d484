"""Cleaning, reading and refusing the input of forms, field by field."""

import re
from bisect import bisect_right
from datetime import UTC, datetime
from itertools import accumulate
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from odoo.exceptions import UserError

from ..base.words import clean_text

#: Largest id of a PostgreSQL integer column.
MAX_ID = 2**31 - 1
#: Values of the context key ``water_handed_in``: filings of integrations, and those of them whose
#: customer needs no telephone number. Objects, so that no caller can send them.
HANDED_IN, REACHED = object(), object()
#: Earlier years are typing errors in reports of today.
EARLIEST_YEAR = 1990


class FilingError(UserError):
    """Some fields are missing or wrong; nothing was saved.

    :param errors: {field name: message in the reader's language}
    """

    def __init__(self, errors):
        super().__init__("\n".join(errors.values()))
        self.errors = errors
        self.context = {"errors": errors}  # the HTTP status for remote callers


class TooManyError(UserError):
    """The caller has reached a limit and may try again later."""

    http_status = 429


class NotAllowedError(UserError):
    """The delegate was not allowed to do this."""

    http_status = 403


class WrongStateError(UserError):
    """The case has moved on: the step is no longer possible."""

    http_status = 409


def parse_id(value):
    """A record id, or None for everything that cannot be one.

    :param value: a form or URL value
    """
    text = str(value or "")
    if not re.fullmatch(r"[0-9]{1,10}", text):
        return None
    number = int(text)
    return number if 0 < number <= MAX_ID else None


def parse_local(value, tz):
    """Read the value of a ``datetime-local`` input.

    :param value: text such as ``2026-10-13T17:30``
    :param tz: name of the time zone in which it was typed
    :return: naive UTC datetime, or None if invalid or too long ago
    """
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not EARLIEST_YEAR <= moment.year < 9999:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(tz))
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def parse_position(value):
    """Where a browser says that it is, as text for people: ``31.230416, 121.473701 (±20 m)``.

    :param value: ``latitude,longitude`` in degrees, with the accuracy in metres or without
    :return: "" without a value, None when it is no place on Earth
    """
    text = clean_text(value)
    if not text:
        return ""
    found = re.fullmatch(r"(-?\d{1,2}\.\d{1,12}),(-?\d{1,3}\.\d{1,12})(?:,(\d{1,7}))?", text)
    if not found:
        return None
    latitude, longitude, accuracy = found.groups()
    if abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        return None
    place = f"{float(latitude):.6f}, {float(longitude):.6f}"
    return f"{place} (±{int(accuracy)} m)" if accuracy else place


def first_line(text, length=40):
    """The beginning of a text as a title.

    :param text: several lines
    :param length: Chinese characters to keep at most, or twice as many letters, in whole words
    """
    line = next(filter(None, map(str.strip, text.splitlines())), "")
    widths = [2 if east_asian_width(sign) in "WF" else 1 for sign in line]
    room = bisect_right([*accumulate(widths)], 2 * length)
    if room == len(line):
        return line
    shown = line[: room - 1]
    whole = shown if line[room - 1].isspace() else shown.rpartition(" ")[0]
    if len(whole) * 3 > len(shown) * 2:  # else a word without end, or a script without blanks
        shown = whole
    return f"{shown.rstrip()}…"
