"""Dialogs and forms that name closed records: looked at before they are saved, saved, and used.

Mixed into the class that has the fixture and its marks: no set-up of its own.
"""

from itertools import product

from psycopg2 import Error

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests.attempts import attempts
from odoo.addons.water_service_desk.base.tests.doors import call_kw

from .access_fixture import CASES
from .access_matrix import expected
from .attack_common import leaks, marker, own_methods

#: all users who may open one of our forms or dialogs
FORMED = ("department2", "agent", "supervisor", "quality", "manager", "finance", "foreign")
#: values for required fields, by type; links are looked up
FILLED = {
    **dict.fromkeys(("char", "text", "html"), "x"),
    **dict.fromkeys(("integer", "float", "monetary"), 1),
    "date": "2099-01-01",
    "datetime": "2099-01-01 00:00:00",
    "json": [1],
    "boolean": True,
}
#: dialogs that create records from typed values only
NEW = ("water.call", "water.first.run.wizard")
#: a caller's values for the cases of a dialog
ODD_CASES = (
    *("x", "1", "\x00", True, 7, -1, 0, 10**30, 1.5, {}, {"id": 1}, [{}], [[1]], ["x"], [None]),
    *([], [0], [-1], [True], [1.5], [10**30], [10**8], None, [1] * 3, [[6, 0, [1]]]),
)
ODD_MODELS = ("", "x", "res.users", "base", "water.case.mixin", None, False, 7, [], {}, "\x00")


class AttackLinks:
    """Create or look at something that names a closed record, and read what it shows of it."""

    def _closed(self, login):
        found = {}
        for (name, situation), record in self.records.items():
            cells = expected()[name][situation]
            if "r" not in cells.get(login, "") and name not in found:
                found[name] = (record, marker(name, situation))
        return found

    def _forms(self, login):
        mine = self.env(user=self.users[login])
        for name, model in sorted(self.env.items()):
            if name.startswith("water.") and model._auto and mine[name].has_access("create"):
                yield mine[name]

    def _links(self, model, closed):
        """``(value of a field, words of what it names)`` by which a form names closed records."""
        for name, field in model._fields.items():
            if field.comodel_name not in closed or not model._has_field_access(field, "write"):
                continue
            record, words = closed[field.comodel_name]
            if field.type == "many2one":
                yield {name: record.id}, words
            elif field.type == "many2many":
                yield {name: [[6, 0, record.ids]]}, words
        if "case_ids" in model._fields and "case_model" in model._fields:
            for name in ("water.complaint", "water.inquiry", "water.request"):
                if name in closed:
                    record, words = closed[name]
                    yield {"case_model": name, "case_ids": record.ids}, words

    def _spec(self, model):
        """All that a form may show of a row."""
        seen = {"fields": {"display_name": {}}}
        links = ("many2one", "many2many", "one2many")
        return {
            name: seen if field.type in links else {}
            for name, field in model._fields.items()
            if model._has_field_access(field, "read") and field.type != "binary"
        }

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_a_form_shows_no_closed_record(self):
        """Records named in an unsaved form, typed or as default, reveal nothing."""
        asked = 0
        for login in FORMED:
            closed = self._closed(login)
            for model in self._forms(login):
                spec = self._spec(model)
                for values, words in self._links(model, closed):
                    given = {f"default_{name}": value for name, value in values.items()}
                    for args, context in (((values, [*values]), {}), (({}, []), given)):
                        args = ([], dict(args[0]), args[1], spec)
                        answer = self._does(login, model._name, "onchange", *args, context=context)
                        asked += 1
                        with self.subTest(login=login, model=model._name, link=[*values]):
                            self.assertFalse(leaks(answer, words))
        self.assertGreater(asked, 500)

    # -- dialogs -------------------------------------------------------------------------------

    def _dialogs(self, login):
        return [model for model in self._forms(login) if model._transient]

    def _filled(self, model):
        """Values of all that a dialog asks for."""
        values = {}
        for name, field in model._fields.items():
            if not field.required or field.compute or field.default:
                continue
            if field.type == "many2one":
                values[name] = self.env[field.comodel_name].search([], limit=1).id
            elif field.type == "selection":
                values[name] = field.get_values(self.env)[0]
            elif field.type in FILLED:
                values[name] = FILLED[field.type]
        return values

    def _steps(self, model):
        return [name for name in own_methods(type(model)) if name.startswith("action_")]

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_a_dialog_does_nothing_to_what_is_closed(self):
        """Creating, reading and pressing each button reveals and changes nothing."""
        tables = {model._table for model in self.env.values() if model._transient}
        before, asked = self._state_of_database(), 0
        before = {table: state for table, state in before.items() if table not in tables}
        for login in FORMED:
            closed = self._closed(login)
            for model in self._dialogs(login):
                if model._name in NEW:
                    continue
                for values, words in self._links(model, closed):
                    made = self._does(login, model._name, "create", self._filled(model) | values)
                    if not made:
                        continue
                    asked += 1
                    shown = self._does(login, model._name, "web_read", [made], self._spec(model))
                    with self.subTest(login=login, model=model._name, link=[*values]):
                        self.assertFalse(leaks(shown, words))
                        for step in self._steps(model):
                            answer = self._does(login, model._name, step, [made])
                            self.assertFalse(leaks(answer, words), step)
        self.assertGreater(asked, 50)
        self.assertUnchanged(before)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_closed_records_are_hidden(self):
        """Create, link, read: what names a closed record tells no words of it afterwards."""
        asked = 0
        for login in FORMED:
            closed = self._closed(login)
            for model in self._forms(login):
                if model._transient:
                    continue
                for values, words in self._links(model, closed):
                    rows = {**self._filled(model), **values}
                    shown = self._does(login, model._name, "web_save", [], rows, self._spec(model))
                    asked += 1
                    with self.subTest(login=login, model=model._name, link=[*values]):
                        self.assertFalse(leaks(shown, words))
                        self.assertFalse(shown and self._stands(shown[0], values))
        self.assertGreater(asked, 100)

    def _stands(self, row, values):
        for name, value in values.items():
            shown = row.get(name) or []
            shown = [part["id"] for part in (shown if isinstance(shown, list) else [shown])]
            if set(shown) & {value if isinstance(value, int) else value[0][2][0]}:
                return True
        return False

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model")
    def test_odd_cases(self):
        """Any value for the cases of a dialog is refused with a message, not an error."""
        pairs = [("water.complaint", odd) for odd in ODD_CASES]
        pairs += [(odd, [1]) for odd in ODD_MODELS]
        pairs += [(name, self.records[name, "own"].ids) for name in CASES]  # of another kind
        about = [model for model in self._dialogs("manager") if "case_ids" in model._fields]
        self.assertGreater(len(about), 20)
        with attempts(self.env) as self.tried:
            for model, (name, ids) in product(about, pairs):
                values = {**self._filled(model), "case_model": name, "case_ids": ids}
                for step in self._steps(model):
                    with self.subTest(model=model._name, name=name, ids=str(ids)[:40], step=step):
                        self._uses(model, values, step)

    def _uses(self, model, values, step):
        """Make a dialog and press a button; a fault that is no refusal goes on to the test."""
        try:
            with self.tried.attempt():
                call_kw(model, step, [call_kw(model, "create", [values], {})], {})
        except (UserError, Error):
            self.env.clear()
