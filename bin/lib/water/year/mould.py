"""The mould of a life: its rows with everything specific taken out.

Each cell is either a text common to all copies, or a pair ``(function, argument)`` that a copy
fills in: ids, times, words, people, places, digests.
"""

import json
import re
from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache

from odoo.addons.water_service_desk.base.event_chain import digest
from odoo.addons.water_service_desk.clock.working_time import wall_moment, wall_time

NULL = r"\N"
CHAIN = {"digest", "previous_digest", "payload", "kind", "at", "user_id"}
#: Told to a member of the staff at that moment, and done with.
TOLD = "user_notification"
NUMBER = r"[A-Z]{2,3}\d{4,6}-\d{4,5}|[A-Z][A-Z0-9]+/\d{4}/(?:\d{2}/)?\d{4,5}"
#: prefix of journal entry numbers of one journal and period
PERIOD = r"[A-Z][A-Z0-9]+/\d{4}/(?:\d{2}/)?"
#: A record in a key made of words, such as ``complaint_id:36:complaint_answer``.
KEYED = r"[a-z]+_id:\d+"
DATE = (
    r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?"
    r"|\d{4}年\d{1,2}月\d{1,2}日(?:星期.)?(?: \d{2}:\d{2})?"
)
WEEKDAYS = "一二三四五六日"


def moment(text):
    """The naive datetime of a cell."""
    return datetime.fromisoformat(text)


def unescape(cell):
    """The text of a cell of ``COPY``."""
    names = {"n": "\n", "t": "\t", "r": "\r"}
    return re.sub(r"\\(.)", lambda found: names.get(found[1], found[1]), cell)


class Mould:
    """The rows of one life, ready for copying.

    :param shape: :class:`rows.Shape`
    :param life: :class:`lives.Life`
    :param found: its rows, see ``Shape.written_since``
    :param company: :class:`company.Company`, what is replaced
    """

    #: when the life began
    start: datetime

    def __init__(self, shape, life, found, company):
        self.shape, self.life, self.company = shape, life, company
        self.found = self._kept(found)
        self.place = {
            table: {row[self._column(table, "id")]: index for index, row in enumerate(rows)}
            for table, rows in self.found.items()
            if "id" in shape.columns[table]
        }
        self.moments, self.numbers = {}, {}
        self.digests = {}
        self._learn_moments()
        self._learn_numbers()
        self.words = re.compile("|".join([*company.names(), NUMBER, PERIOD, KEYED, DATE]))
        self.chains = self._chains()
        self.rows = {
            table: [self._mould_row(table, row) for row in rows]
            for table, rows in self.found.items()
        }
        self.clocks = self._clocks()

    def _column(self, table, name):
        return self.shape.columns[table].index(name)

    def cell(self, table, row, name):
        return row[self._column(table, name)]

    def _kept(self, found):
        """Leave out passing notices to staff and finished activities."""
        found = dict(found)
        told = [
            row
            for row in found.get("mail_message", ())
            if self.cell("mail_message", row, "message_type") == TOLD
        ]
        gone = {self.cell("mail_message", row, "id") for row in told}
        messages = [row for row in found.get("mail_message", ()) if row not in told]
        found["mail_message"] = messages
        for table in found:
            if "mail_message_id" in self.shape.columns[table]:
                place = self._column(table, "mail_message_id")
                found[table] = [row for row in found[table] if row[place] not in gone]
        if "open" not in self.life.tags:
            found.pop("mail_activity", None)
        return {table: rows for table, rows in found.items() if rows}

    def _learn_moments(self):
        for table, rows in self.found.items():
            for place, name in enumerate(self.shape.columns[table]):
                if self.shape.kinds.get((table, name)) == "datetime":
                    cells = {row[place] for row in rows} - {NULL}
                    self.moments.update((cell, moment(cell)) for cell in cells)

    def _learn_numbers(self):
        """``{number: when it was drawn}``, in order."""
        for table, rows in sorted(self.found.items()):
            columns = self.shape.columns[table]
            for row in rows:
                for cell in row if "create_date" in columns else ():
                    if re.fullmatch(NUMBER, cell):
                        self.numbers.setdefault(cell, self.cell(table, row, "create_date"))

    # -- cells ------------------------------------------------------------------------------

    def _mould_row(self, table, row):
        return [
            self._mould_cell(table, name, cell, row)
            for name, cell in zip(self.shape.columns[table], row, strict=True)
        ]

    def _mould_cell(self, table, name, cell, row):
        if cell == NULL:
            return cell
        if name == "id" and table in self.place:
            return own, (table, self.place[table][cell])
        kind = self.shape.kinds.get((table, name))
        if (table, name) in self.digests_at:
            return chained, self.digests_at[table, name, cell]
        target = self._target(table, name, row)
        if target:
            return self._linked(target, cell)
        if kind == "datetime":
            return timed, cell
        if kind == "date":
            return dated, cell
        if name == "sent_to":
            return listed, tuple(cell.strip(",").split(","))
        if name == "message_id":
            return unique, self.cell(table, row, "id")
        if name == "sequence_number" and cell != "0":
            return counted, self.cell(table, row, "name")
        if name.endswith("_value_integer"):
            return self._tracked(table, name, cell, row)
        return self.pieces(cell) if kind not in ("integer", "float", "boolean") else cell

    def _target(self, table, name, row):
        if table in self.shape.pairs:
            return self.shape.pairs[table].get(name)
        if (table, name) in self.shape.loose:
            model = self.cell(table, row, self.shape.loose[table, name])
            return self.shape.table_of.get(model)
        return self.shape.links.get((table, name))

    def _linked(self, target, cell):
        if cell in self.place.get(target, ()):
            return own, (target, self.place[target][cell])
        return (foreign, (target, cell)) if self.company.replaces(target, cell) else cell

    def _tracked(self, table, name, cell, row):
        """The id of a record whose name is stored beside it."""
        label = self.cell(table, row, name.replace("integer", "char"))
        return foreign, (self.company.table_of_name(label), cell)

    def pieces(self, cell):
        """Split the text into constants and what is put between them."""
        parts, last = [], 0
        for found in self.words.finditer(cell):
            parts += [cell[last : found.start()], self._piece(found[0])]
            last = found.end()
        if not parts:
            return cell
        parts.append(cell[last:])
        return worded, tuple(part for part in parts if part)

    def _piece(self, text):
        if text in self.numbers:
            return numbered, text
        if re.fullmatch(PERIOD, text):
            return period, next(number for number in self.numbers if number.startswith(text))
        if re.fullmatch(KEYED, text):
            return self._keyed(text)
        if re.fullmatch(DATE, text):
            return written_date, self._date_key(text)
        if re.fullmatch(NUMBER, text):
            return text
        return said, text

    def _keyed(self, text):
        name, _colon, number = text.partition("_id:")
        table = f"water_{name}"
        return (keyed, (name, table, self.place[table][number])) if table in self.place else text

    def _date_key(self, text):
        """``(how it is written, the moment as a cell or None, naive UTC)``."""
        digits = [int(part) for part in re.findall(r"\d+", text)]
        value = datetime(*digits)  # type: ignore[arg-type]
        plain = "T" not in text  # of a payload: UTC
        if plain and len(digits) > 3:
            value = wall_moment(value, self.company.zone)
        exact = {
            at.replace(second=0) if len(digits) < 6 else at: cell
            for cell, at in self.moments.items()
        }
        return text, exact.get(value), value

    # -- chains -----------------------------------------------------------------------------

    def _chains(self):
        """``[(event table, owner table, owner's number, owner's name, events)]``."""
        self.digests_at, chains = {}, []
        for table, rows in self.found.items():
            if not CHAIN <= set(self.shape.columns[table]):
                continue
            owners = defaultdict(list)
            for row in rows:
                owners[self._owner(table, row)].append(row)
            for (owner, owner_id), events in owners.items():
                chains.append(self._chain(table, owner, owner_id, events))
        return chains

    def _owner(self, table, row):
        for name, cell in zip(self.shape.columns[table], row, strict=True):
            target = self.shape.links.get((table, name))
            if cell in self.place.get(target, ()) and "event_head" in self.shape.columns[target]:
                return target, cell
        raise LookupError(f"an event of {table} without its record")

    def _chain(self, table, owner, owner_id, events):
        owner_row = self.found[owner][self.place[owner][owner_id]]
        name = self.cell(owner, owner_row, "name")
        previous, chain = "", []
        for row in events:
            kind, at, user, payload, known = (
                self.cell(table, row, column)
                for column in ("kind", "at", "user_id", "payload", "digest")
            )
            content = None if payload == NULL else json.loads(unescape(payload))
            previous = digest(previous, name, kind, moment(at), int(user), content)
            if previous != known:
                raise ValueError(f"{self.life.name}: the chain of {name} is not whole")
            key = (table, row[self._column(table, "id")])
            for column in ("digest", "previous_digest"):
                self.digests_at[table, column] = True
                self.digests_at[table, column, known] = key
            self.digests_at[owner, "event_head"] = True
            self.digests_at[owner, "event_head", known] = key
            chain.append((key, kind, at, user, self.pieces(payload)))
        return name, chain

    # -- clocks -----------------------------------------------------------------------------

    def _clocks(self):
        """The time limits as dictionaries; that they are as they must be is looked at once."""
        table = "water_deadline"
        rows = self.found.get(table, ())
        clocks = [dict(zip(self.shape.columns[table], row, strict=True)) for row in rows]
        for clock in clocks:
            if clock["standard_line_id"] == NULL:
                continue
            due, warn = self.company.limit(clock, moment(clock["started_at"]))
            if str(due) != clock["due_at"] or str(warn) != clock["warn_at"]:
                raise ValueError(f"{self.life.name}: {clock['kind']} is not what it must be")
        return clocks


# -- what a copy puts into a cell: each takes the cast and the argument ---------------------


def own(cast, where):
    return str(cast.first[where[0]] + where[1])


def keyed(cast, where):
    return f"{where[0]}_id:{own(cast, where[1:])}"


def foreign(cast, where):
    return cast.others.get(where, where[1])


def chained(cast, key):
    return cast.digests[key]


def timed(cast, cell):
    return cast.times[cell]


def dated(cast, cell):
    return str(moment(cell).date() + timedelta(days=cast.days))


def listed(cast, cells):
    return "," + ",".join(cast.others.get(("water_department", c), c) for c in cells) + ","


def unique(cast, number):
    return f"<{cast.key}.{number}@water.example>"


def worded(cast, parts):
    return "".join(part if type(part) is str else part[0](cast, part[1]) for part in parts)


def numbered(cast, number):
    return cast.numbers[number]


def period(cast, number):
    return cast.numbers[number].rpartition("/")[0] + "/"


def counted(cast, number):
    return str(int(cast.numbers[number].rpartition("/")[2]))


def said(cast, text):
    return cast.words.get(text, text)


def written_date(cast, key):
    text, cell, value = key
    if ":" not in text:
        return _written_day(text, value + timedelta(days=cast.days))
    new = moment(cast.times[cell]) if cell else value + cast.delta
    return _written(text, new, cast.zone)


def _written(text, new, zone):
    if "T" in text:
        return new.isoformat()[: len(text)]
    local = local_time(new, zone)
    if text[4] == "-":
        return str(local)[: len(text)]
    return _written_day(text, local) + f" {local:%H:%M}"


def _written_day(text, day):
    if text[4] == "-":
        return str(day)[:10]
    weekday = f"星期{WEEKDAYS[day.weekday()]}" if "星期" in text else ""
    return f"{day.year}年{day.month}月{day.day}日{weekday}"


@cache
def local_time(value, zone):
    """Return ``value`` (naive UTC) in local time."""
    return wall_time(value, zone)
