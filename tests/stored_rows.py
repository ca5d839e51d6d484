"""Stored data of a database, read by SQL, to compare two databases."""

import json
import re
import subprocess

TABLES = """
SELECT tablename, EXISTS (SELECT FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = tablename AND column_name = 'id')
  FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename
"""
ROWS = "SELECT '{table}', {key}, to_jsonb(t) - '{{{left_out}}}'::text[] FROM \"{table}\" AS t"
#: Odoo's columns of every row, and those without meaning for it
LEFT_OUT = ("write_date", "write_uid")
#: Tables whose rows are told from each other by these columns. The views of an action are deleted
#: and written again by every upgrade; names change hands without becoming others.
KEYS = {
    "ir_act_window_view": ("act_window_id", "view_mode", "view_id"),
    "ir_model_data": ("module", "name"),
}
#: Which column of which table leads to which other one.
LINKS = """
SELECT c.conrelid::regclass, a.attname, c.confrelid::regclass
  FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
 WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
"""
#: Actions have tables that are not called like their models.
ACTIONS = {
    "ir.actions.act_url": "ir_act_url",
    "ir.actions.act_window": "ir_act_window",
    "ir.actions.act_window.view": "ir_act_window_view",
    "ir.actions.client": "ir_act_client",
    "ir.actions.report": "ir_act_report_xml",
    "ir.actions.server": "ir_act_server",
}


def ask(name, statement):
    """Run statements on database ``name``; returns the rows found, each a list of texts."""
    args = ["psql", "-X", "-Atq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", "-"]
    done = subprocess.run(args, input=statement, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    # not splitlines(): JSON leaves the separators of lines that only Unicode knows as they are
    return [line.split("\t") for line in done.stdout.split("\n") if line]


def table_of(model):
    """Return the table of a model."""
    return ACTIONS.get(model) or model.replace(".", "_")


def _select(table, has_id):
    columns = KEYS.get(table)
    key = "t.id::text" if has_id else "to_jsonb(t)::text"  # pure link tables have no others
    left_out = [*LEFT_OUT]
    if columns:
        key = f"concat_ws('.', {', '.join(columns)})"
        left_out += ["id", "create_date", "create_uid"]
    return ROWS.format(table=table, key=key, left_out=",".join(left_out))


class Stored:
    """The rows of all tables of a database, as they are now.

    ``tables`` is ``{table: {key: row as JSON}}``, all of them texts.
    """

    def __init__(self, name):
        tables = {table: has_id == "t" for table, has_id in ask(name, TABLES)}
        self.tables = {table: {} for table in tables}
        for table, key, row in ask(name, " UNION ALL ".join(map(_select, tables, tables.values()))):
            self.tables[table][key] = row
        self._links = {(table, column): other for table, column, other in ask(name, LINKS)}
        self._names = {}
        for row in self.rows("ir_model_data"):
            place = table_of(row["model"]), row["res_id"]
            name = f"{row['module']}.{row['name']}"
            self._names[place] = min(name, self._names.get(place, name))

    def row(self, table, key):
        """Return one row, or an empty one when there is none."""
        return json.loads(self.tables[table].get(str(key), "{}"))

    def rows(self, table):
        """Return all rows of a table."""
        return map(json.loads, self.tables[table].values())

    def name(self, table, number):
        """Return the XML id of a record; the first by the alphabet when it has several."""
        return self._names.get((table, number))

    def linked(self, table, row):
        """Yield (table, number) of the rows that a row points to."""
        for column, number in row.items():
            if number and (table, column) in self._links:
                yield self._links[table, column], number

    def named_rows(self, table, left_out=()):
        """Return ``{XML id: row}``, with XML ids instead of ids, which differ elsewhere.

        A row without an XML id is identified by its values.

        :param left_out: columns to ignore
        """
        found = {}
        for row in self.rows(table):
            number = row.pop("id", None)
            kept = {
                column: self._speak(table, column, value)
                for column, value in row.items()
                if column not in ("create_date", "create_uid", *left_out)
            }
            found[self.name(table, number) or json.dumps(kept, sort_keys=True)] = kept
        return found

    def _speak(self, table, column, value):
        if value is not None and (table, column) in self._links:
            return self.name(self._links[table, column], value)
        if column == "arch_db":
            return {language: self._speak_of_actions(arch) for language, arch in value.items()}
        model, comma, number = str(value).partition(",")
        if comma and number.isdigit():  # a reference, such as the action of a menu
            return self.name(table_of(model), int(number)) or value
        return value

    def _speak_of_actions(self, arch):
        """Put XML ids in the place of the numbers of actions, which buttons have for a name."""

        def name(match):
            number = int(match[1])
            tables = (table for table in ACTIONS.values() if table != "ir_act_window_view")
            names = (self.name(table, number) for table in tables)
            return f'name="{next(filter(None, names), number)}"'

        return re.sub(r'name="(\d+)"', name, arch)


def differences(before, after):
    """Yield (table, what, row before, row after) for all that is not the same in two ``Stored``.

    ``what`` is ``gone``, ``new``, or the name of a column whose value is another one. Tables and
    columns that come anew are left out: they are compared with those of a new database.
    """
    for table in sorted(before.tables):
        old, new = before.tables[table], after.tables.get(table, {})
        for key in old.keys() | new.keys():
            if old.get(key) == new.get(key):
                continue
            row, now = json.loads(old.get(key, "{}")), json.loads(new.get(key, "{}"))
            if not row or not now:
                yield table, "gone" if row else "new", row, now
                continue
            for column in row:
                if row.get(column, "no such column") != now.get(column, "no such column"):
                    yield table, column, row, now
