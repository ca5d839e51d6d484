"""The customer of a page, as far as its reader may know."""

from dataclasses import dataclass, field
from typing import Any

#: How many rows of a kind are looked at, and how many of them the page shows.
LOOKED_AT, SHOWN = 200, 8


@dataclass(frozen=True)
class Scope:
    """A customer: person, accounts and cases of all types.

    :param person: res.partner; empty for readers who may not know customers
    :param accounts: water.account
    :param cases: {case model: newest cases and all open ones}
    :param caller: a case of a caller known by telephone alone
    """

    person: Any
    accounts: Any
    cases: dict = field(default_factory=dict)
    caller: Any = None

    def all_cases(self):
        """The cases of all types, open ones first and the newest before others."""
        rows = [case for cases in self.cases.values() for case in cases]
        rows.sort(key=lambda case: case.received_at, reverse=True)
        return sorted(rows, key=lambda case: case.state in case._final_states)

    def open_cases(self):
        return [case for case in self.all_cases() if case.state not in case._final_states]


def section(key, place, title, rows, tallies=()):
    """A part of the page.

    :param key: its name for the page
    :param place: by which parts are put in order
    :param title: in the reader's language
    :param rows: from :func:`row`
    :param tallies: from :func:`tally`
    """
    tallies = [part for part in tallies if part["count"]]
    return {"key": key, "place": place, "title": title, "rows": rows[:SHOWN], "tallies": tallies}


def tally(text, records, tone=""):
    """Return a number that opens its rows.

    :param text: label in the reader's language
    :param records: the rows
    :param tone: ``danger``, ``warning``, ``success`` or ""
    """
    ids, count = records.ids, len(records)
    more = count >= LOOKED_AT
    return {"text": text, "count": count, "more": more, "model": records._name, "ids": ids} | {
        "tone": tone
    }


def row(record, name, text="", **shown):
    """Return a line of a part: the record it opens, its name and facts.

    :param record: what it opens; empty for a line without a link
    :param shown: ``note``, ``state``, ``tone``, ``due`` (naive UTC), ``told``, ``bar`` (per cent)
    """
    opens = {"model": record._name, "id": record.id} if record is not None else {}
    return {"name": name or "", "text": text or "", **opens, **shown}
