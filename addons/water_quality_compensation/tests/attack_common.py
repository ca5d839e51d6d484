"""Attacks that are generated from the registry, so that new methods are covered by themselves."""

import inspect
import json
import os
from functools import cache

from odoo.tools import SQL

from .access_matrix import expected

IS_LONG = bool(os.environ.get("WATER_LONG"))
#: Methods of Odoo's own that every model has and a remote caller reaches.
GENERIC = {
    "read": [["display_name"]],
    "web_read": [{"display_name": {}}],
    "export_data": [["id", "display_name"]],
    "write": [{"active": False}],
    "web_save": [{}, {"display_name": {}}],
    "copy": [],
    "copy_data": [],
    "unlink": [],
    "action_archive": [],
    "get_metadata": [],
    "get_field_translations": ["display_name"],
    "update_field_translations": ["subject", {"zh_CN": "x"}],
    "message_post": [],
    "message_subscribe": [[1]],
    "activity_schedule": [],
    "activity_unlink": [[]],
}
#: The same for a whole model: no records of others are found.
GENERIC_OF_MODEL = {
    "search": [[]],
    "search_count": [[]],
    "search_read": [[]],
    "search_fetch": [[], ["display_name"]],
    "name_search": [""],
    "web_search_read": [[], {"display_name": {}}],
    "web_name_search": ["", {"display_name": {}}],
    "formatted_read_group": [[], [], ["__count"]],
    "read_progress_bar": [[], "create_uid", {"field": "id", "colors": {}}],
    "web_read_group": [[], ["create_uid"]],
    "search_panel_select_range": ["company_id"],
    "read_group": [[], ["id:count"], []],
    "default_get": [["display_name"]],
    "fields_get": [],
    "load": [["id"], [["x"]]],
}
#: an attacker's values for arguments of this name
ARGUMENTS = {
    "values": {"subject": "x"},
    "vals": {"subject": "x"},
    "vals_list": [{"subject": "x"}],
    "rows": [{"external_ref": "x"}],
    "field": "phone",
    "field_name": "phone",
    "reason": "x",
    "files": [],
    "limit": 5,
    "domain": [],
}
#: People who have no access to any record of the house, wherever it stands.
ANYWHERE = ("public", "plain")
#: Texts that the system reads itself: it would only stumble over other words.
UNMARKED = ("digest", "previous_digest", "model", "parent_path")
#: records that an attempt leaves on purpose: a log of the attempt
TRACES = ("water_privacy_log", "water_phrase_hit", "water_attempt")
#: Columns that only say when a row was touched.
QUIET = ("write_date", "write_uid")
WATCHED = (
    "res_partner",
    "res_users",
    "mail_message",
    "mail_activity",
    "mail_followers",
    "mail_mail",
    "ir_attachment",
    "account_move",
)


def marker(model, situation):
    """The words by which a record of the fixture is known again."""
    return f"GEHEIM-{model.replace('.', '-')}-{situation}"


def arguments(method):
    """Return the arguments to call ``method`` with: {parameter without default: value}."""
    parameters = list(inspect.signature(method).parameters.values())[1:]
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {
        parameter.name: ARGUMENTS.get(parameter.name, "x")
        for parameter in parameters
        if parameter.default is inspect.Parameter.empty and parameter.kind not in kinds
    }


def of_model(model, name):
    """Whether the method is called without records."""
    return getattr(getattr(type(model), name), "_api_model", False)


@cache
def own_methods(model):
    """Names of the public methods that the addons give to the class of a model."""
    found = set()
    for cls in model.mro():
        if cls.__module__.startswith("odoo.addons.water_"):
            found |= {
                name
                for name, member in vars(cls).items()
                if inspect.isfunction(member) and not name.startswith("_")
            }
    return sorted(found - set(GENERIC) - set(GENERIC_OF_MODEL) - {"create", "name_create", "init"})


def leaks(answer, words):
    """Whether an answer holds the words that its reader must not see."""
    return words in json.dumps(answer, default=str, ensure_ascii=False)


class Attack:
    """Marks the fixture's records, and says whose they are not; mixed into a test case."""

    @classmethod
    def _mark_records(cls):
        """Put words of their own into every text column of every record, past all guards."""
        cls.env.flush_all()
        for (model, situation), record in cls.records.items():
            for field in record._fields.values():
                if field.store and field.column_type and field.type in ("char", "text", "html"):
                    cls._mark(record, field, marker(model, situation))
        cls.env.invalidate_all()

    @classmethod
    def _mark(cls, record, field, words):
        if field.translate or field.related or field.name in UNMARKED:
            return
        if field.compute or field.name.endswith("_model") or field.name == "case_ids":
            return
        cls.env.cr.execute("SAVEPOINT mark")
        try:
            cls.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(field.name),
                    words,
                    record.id,
                ),
                log_exceptions=False,
            )
        except Exception:  # unique, checked or too long: this column stays as it is
            cls.env.cr.execute("ROLLBACK TO SAVEPOINT mark")
        cls.env.cr.execute("RELEASE SAVEPOINT mark")

    def _victims(self, login):
        for model, situations in expected().items():
            seen = False
            for situation, cells in situations.items():
                record = self.records.get((model, situation))
                once = login in ANYWHERE or cells[login]
                if record is not None and "r" not in cells[login] and not (once and seen):
                    seen = True
                    yield record, situation

    def _first_victims(self, login):
        """The same, one record of each model: what goes by the wire takes its time."""
        seen = set()
        for record, situation in self._victims(login):
            own = login == "portal1" and situation == "own"  # visible on the user's own pages
            if not own and record._name not in seen:
                seen.add(record._name)
                yield record, situation

    def _methods(self, record):
        for name, args in GENERIC.items():
            if hasattr(record, name) and (record._active_name or name != "action_archive"):
                yield name, args
        for name in self._own_methods(record):
            if not of_model(record, name):
                yield name, [*arguments(getattr(type(record), name)).values()]

    def _methods_in_turn(self, record, turn):
        """Return Odoo's and every second one of our ``_methods``; the next attacker tries the
        rest.

        ``turn`` counts the turns. The long form tries all.
        """
        own = 0
        for name, args in self._methods(record):
            own += name not in GENERIC
            if IS_LONG or name in GENERIC or (own + turn) % 2:
                yield name, args

    def _methods_of_model(self, model, login):
        """``(name, arguments)`` of what a remote caller reaches on a model without records."""
        creates = any("c" in cells[login] for cells in expected()[model._name].values())
        for name, args in GENERIC_OF_MODEL.items():
            if hasattr(model, name) and not (creates and name == "load"):
                yield name, args
        for name in self._own_methods(model):
            if of_model(model, name):
                yield name, [*arguments(getattr(type(model), name)).values()]

    def assertUnchanged(self, before):
        """Every table is as it was at ``before``."""
        after = self._state_of_database()
        self.assertEqual([table for table in before if before[table] != after.get(table)], [])

    def _own_methods(self, record):
        """Names of the public methods that the addons give to the model of ``record``."""
        return own_methods(type(record))

    def _state_of_database(self):
        """{table: digest of its rows}, of everything that an attack could change."""
        self.env.flush_all()
        tables = {
            model._table
            for name, model in self.env.registry.items()
            if name.startswith("water.") and not model._abstract and model._auto
        }
        found = {}
        for table in sorted(tables.union(WATCHED) - set(TRACES)):
            self.env.cr.execute(
                SQL(
                    "SELECT md5(string_agg((to_jsonb(t) - %s::text[])::text, '|' ORDER BY t.id))"
                    " FROM %s t",
                    list(QUIET),
                    SQL.identifier(table),
                )
            )
            found[table] = self.env.cr.fetchone()[0]
        return found
