"""Copies of a life: moved to another time, given to other people, and as true as the life.

Time limits are worked out anew by the product, chains are closed anew by its arithmetic. A copy
is refused when it would not be true: a limit that was kept is missed at the new time, or the other
way round, because there are holidays in between.
"""

import json
from collections import defaultdict
from datetime import timedelta
from io import StringIO

from odoo.addons.water_service_desk.base.event_chain import digest
from odoo.addons.water_service_desk.base.sampling import is_drawn

from .mould import NULL, local_time, moment, unescape

#: The sweep marks a limit within this time of its moment.
SOON = timedelta(minutes=5)
TABLE = "water_deadline"


class Cast:
    """One copy of ``mould`` that begins at ``choice.start`` (naive UTC)."""

    def __init__(self, mould, company, choice):
        self.mould, self.company, self.choice = mould, company, choice
        self.zone = company.zone
        self.delta = choice.start - mould.start
        old, new = local_time(mould.start, self.zone), local_time(choice.start, self.zone)
        self.days = (new.date() - old.date()).days
        self.limits = self._limits()
        self.times = self._moved()

    # -- time -------------------------------------------------------------------------------

    def _limits(self):
        pairs = []
        for clock in self.mould.clocks:
            if clock["standard_line_id"] == NULL:
                continue
            start = moment(clock["started_at"]) + self.delta
            due, warn = self.company.limit(clock, start)
            pairs += [(moment(clock["due_at"]), due), (moment(clock["warn_at"]), warn)]
        return pairs

    def _moved(self):
        """``{cell: cell}`` of every moment; effects of a due time move with it."""
        moved = {}
        for cell, at in self.mould.moments.items():
            new = at + self.delta
            for old, limit in self.limits:
                if old <= at <= old + SOON:
                    new = limit + (at - old)
                    break
            moved[cell] = str(new)
        return moved

    def is_true(self, now):
        """Whether everything could have happened like this, up to ``now`` (naive UTC)."""
        if max(moment(at) for _key, _kind, at, *_rest in self._events()) > now:
            return False
        return self._is_in_order() and all(map(self._keeps, self.mould.clocks))

    def _events(self):
        for _name, events in self.mould.chains:
            for key, kind, at, user, payload in events:
                yield key, kind, self.times[at], user, payload

    def _is_in_order(self):
        for _name, events in self.mould.chains:
            cells = [at for _key, _kind, at, *_rest in events]
            for before, after in zip(cells, cells[1:], strict=False):
                if before <= after and self.times[before] > self.times[after]:
                    return False
        return True

    def _keeps(self, clock):
        """Whether the state of a clock is what its new moments make of it."""
        at = {name: self.times.get(clock[name]) for name in ("due_at", "warn_at", "met_at")}
        met, warned = at["met_at"], clock["warned_at"] != NULL
        if clock["state"] == "void":
            return True
        if met and (met > at["due_at"]) != (clock["state"] == "breached"):
            return False
        if not met or not at["warn_at"]:
            return True
        return warned == (at["warn_at"] < met)

    # -- numbers ----------------------------------------------------------------------------

    def settle(self, ledger):
        """Take the numbers of records and cases from ``ledger``; then the rows can be written."""
        self.key = ledger.key()
        self.first = {
            table: ledger.take(table, len(rows)) for table, rows in self.mould.place.items()
        }
        self.numbers = {
            old: ledger.number(old, local_time(moment(self.times[at]), self.zone))
            for old, at in self.mould.numbers.items()
        }
        self.others = self.company.others(self.choice)
        self.words = self.company.words(self.choice)
        self.digests = {}
        for name, events in self.mould.chains:
            self._close(self.numbers.get(name, name), events)

    def _close(self, name, events):
        """Rebuild the event chains as the product does."""
        previous = ""
        for key, kind, at, user, payload in events:
            text = self.fill(payload)
            content = None if text == NULL else json.loads(unescape(text))
            who = int(self.others.get(("res_users", user), user))
            previous = digest(previous, name, kind, moment(self.times[at]), who, content)
            self.digests[key] = previous

    def fill(self, cell):
        return cell if type(cell) is str else cell[0](self, cell[1])

    def write(self, out):
        """Append the rows to ``out``: {table: file of ``COPY``}."""
        for table, rows in self.mould.rows.items():
            file = out[table]
            for row in rows:
                cells = [cell if type(cell) is str else cell[0](self, cell[1]) for cell in row]
                file.write("\t".join(cells) + "\n")


class Ledger:
    """Hands out the numbers of records and of cases, in the order in which things happen."""

    def __init__(self, env, dice, percents):
        self.env, self.dice, self.percents = env, dice, percents
        self.next, self.counts, self.entries, self.names = {}, {}, {}, {}
        self.sequences = self._sequences()

    def _sequences(self):
        """``{letters: ir.sequence}`` of numbers that begin with letters and the date."""
        here = ("company_id", "in", (self.env.company.id, False))
        rows = (
            self.env["ir.sequence"]
            .sudo()
            .search([("code", "=like", "water.%"), here], order="company_id, id")
        )
        found = {}
        for row in rows:
            letters = (row.prefix or "").partition("%")[0]
            found.setdefault(letters, row)
        return found

    def key(self):
        return f"{self.dice.getrandbits(64):016x}"

    def take(self, table, count):
        """The first of ``count`` new numbers of records."""
        if table not in self.next:
            self.env.cr.execute(f'SELECT COALESCE(max(id), 0) + 1 FROM "{table}"')
            self.next[table] = self.env.cr.fetchone()[0]
        first = self.next[table]
        self.next[table] += count
        return first

    def number(self, old, day):
        """The next number like ``old``, drawn on ``day``; in the same samples as ``old``."""
        if "/" in old:
            return self._entry(old, day)
        head, _dash, tail = old.partition("-")
        letters = head.rstrip("0123456789")
        date = f"{day:%Y%m}" if len(head) - len(letters) == 6 else f"{day:%Y}"
        while True:
            count = self._draw(letters, day)
            new = f"{letters}{date}-{count:0{len(tail)}d}"
            if all(is_drawn(new, share) == is_drawn(old, share) for share in self.percents):
                return new

    def _entry(self, old, day):
        """The next number of an entry in its book and period."""
        book, *dates, tail = old.split("/")
        head = f"{book}/{day:%Y/%m}" if len(dates) > 1 else f"{book}/{day:%Y}"
        if head not in self.entries:
            query = (
                "SELECT COALESCE(max(sequence_number), 0) FROM account_move"
                " WHERE sequence_prefix = %s"
            )
            self.env.cr.execute(query, [head + "/"])
            self.entries[head] = self.env.cr.fetchone()[0]
        self.entries[head] += 1
        return f"{head}/{self.entries[head]:0{len(tail)}d}"

    def _draw(self, letters, day):
        """The next value of a sequence of the database, of the year's own where it has such."""
        if (letters, day.year) not in self.names:
            sequence = self.sequences[letters]
            name = f"ir_sequence_{sequence.id:03d}"
            if sequence.use_date_range:
                name += f"_{sequence._get_current_sequence(day.date()).id:03d}"
            self.names[letters, day.year] = name
        name = self.names[letters, day.year]
        if name not in self.counts:
            self.env.cr.execute(f"SELECT last_value FROM {name}")
            self.counts[name] = self.env.cr.fetchone()[0]
        self.counts[name] += 1
        return self.counts[name]

    def close(self):
        """Move the sequences on, so that later numbers are free."""
        for name, count in self.counts.items():
            self.env.cr.execute("SELECT setval(%s, %s)", [name, count])
        for table, following in self.next.items():
            self.env.cr.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, following - 1]
            )


def pour(env, shape, casts):
    """Write the rows of ``casts`` with one ``COPY`` for each table; returns how many."""
    out = defaultdict(StringIO)
    for cast in casts:
        cast.write(out)
    env.flush_all()
    env.cr.execute("SET LOCAL session_replication_role = replica")
    total = 0
    for table, file in out.items():
        total += file.tell() and file.getvalue().count("\n")
        file.seek(0)
        names = ", ".join(f'"{name}"' for name in shape.columns[table])
        env.cr._obj.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', file)
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")
    return total
