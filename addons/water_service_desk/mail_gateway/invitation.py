"""Reads invitations, which calendars send as mails: pure functions over their text (RFC 5545).

Not by vobject, which writes our own: a line of 20,000 semicolons keeps it busy for hours.
"""

import re
from datetime import datetime

KINDS = frozenset({"text/calendar", "application/ics"})
#: Most characters read.
LONGEST = 100_000
_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_FORMS = ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S", "%Y%m%d")


def words(text):
    """Return the text of an invitation: subject, time, place and the rest; "" if empty.

    :param text: the calendar as received
    """
    return "\n\n".join(filter(None, map(_event_words, _events(text))))


def _events(text):
    """``[{name of a property: (its parameters, value)}]``; what hangs on an event is left out."""
    events, within = [], []
    for line in _FOLD.sub("", text[:LONGEST]).splitlines():
        head, _colon, value = line.partition(":")
        if '"' in head:  # a colon may stand in a parameter
            head, value = _quoted(line)
        name, _semicolon, params = head.partition(";")
        name = name.strip().upper()
        if name == "BEGIN":
            within.append(value.strip().upper())
            if within[-1] == "VEVENT":
                events.append({})
        elif name == "END":
            del within[-1:]
        elif within[-1:] == ["VEVENT"]:
            events[-1].setdefault(name, (params, value.strip()))
    return events


def _quoted(line):
    pieces = line.split('"')
    for number in range(0, len(pieces), 2):
        before, colon, after = pieces[number].partition(":")
        if colon:
            return '"'.join([*pieces[:number], before]), '"'.join([after, *pieces[number + 1 :]])
    return line, ""


def _event_words(event):
    lines = (_said(event, "SUMMARY"), _time(event), _said(event, "LOCATION"))
    return "\n".join(filter(None, (*lines, _said(event, "DESCRIPTION"))))


def _said(event, name):
    value = event.get(name, ("", ""))[1]
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _time(event):
    """Return the period in the zone of the invitation."""
    begin, zone = _moment(event, "DTSTART")
    end = _moment(event, "DTEND")[0]
    if not begin:
        return ""
    if begin[:10] == end[:10]:
        end = end[11:]
    span = f"{begin} – {end}" if end else begin
    return f"{span} ({zone})" if zone else span


def _moment(event, name):
    """``(day and time of day, name of the zone)``, or empty texts."""
    params, value = event.get(name, ("", ""))
    for form in _FORMS:
        try:
            moment = datetime.strptime(value.upper(), form)  # noqa: DTZ007  # it is shown beside
        except ValueError:
            continue
        if form == "%Y%m%d":
            return f"{moment:%Y-%m-%d}", ""
        zone = re.search(r'TZID="?([^";]{1,60})', params, re.I)
        named = zone[1] if zone else ""
        return f"{moment:%Y-%m-%d %H:%M}", "UTC" if form.endswith("Z") else named
    return "", ""
