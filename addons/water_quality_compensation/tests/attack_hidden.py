"""Questions to which the answer says what a field holds that its asker may not read.

Mixed into the class that has the fixture and its marks: no set-up of its own.
"""

from odoo.tools import mute_logger

#: people who read a part of a case or an account
ASKERS = ("plain", "portal1", "department", "department2", "agent", "finance", "quality")
#: A condition that no database answers without the value, by type of field.
ASKED = {
    **dict.fromkeys(("char", "text", "html"), ("=like", "%1%")),
    **dict.fromkeys(("many2one", "many2many", "one2many", "many2one_reference"), ("in", [1])),
    **dict.fromkeys(("integer", "float", "monetary"), (">", 0)),
    **dict.fromkeys(("date", "datetime"), (">", "2020-01-01")),
    "boolean": ("=", True),
}


def questions(name, kind):
    """Yield ``(method, arguments)`` that may reveal the values of a field.

    :param name: of the field, or a path to it
    :param kind: type of the field
    """
    operator, value = ASKED.get(kind, ("=", "x"))
    asked, counted = [(name, operator, value)], ["__count"]
    yield "search_count", [asked]
    yield "search_read", [asked, ["id"]]
    yield "formatted_read_group", [[], [name], counted]
    yield "formatted_read_group", [[], [], [f"{name}:array_agg"]]
    yield "formatted_read_group", [[], [], [f"{name}:max"]]
    yield "formatted_read_grouping_sets", [[], [[name]], counted]
    yield "web_read_group", [[], [name]]
    yield "read_group", [[], ["id:count"], [name]]
    yield "read_group", [[], [f"x:array_agg({name})"], []]
    yield "read_progress_bar", [[], name, {"field": "id", "colors": {}}]
    yield "search_panel_select_range", [name]


class AttackHidden:
    """Search, sort, group and add up by what one may not read, directly and by way of a link."""

    def _refuses(self, login, model, method, args, **kwargs):
        """Return whether a remote caller is refused or gets no data."""
        answer = self._does(login, model, method, *args, **kwargs)
        return answer is None or answer in ([], {})

    def _hidden(self, model):
        return [
            field
            for field in model._fields.values()
            if field.type != "binary" and not model._has_field_access(field, "read")
        ]

    def _readable(self, login):
        names = sorted({name for name, _situation in self.records})
        mine = self.env(user=self.users[login])
        return [mine[name] for name in names if mine[name].has_access("read")]

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.domains")
    def test_asking_by_hidden_fields(self):
        """No condition, order, group or sum by a field of which one may not read the values."""
        asked = 0
        for login in ASKERS:
            for model in self._readable(login):
                for field in self._hidden(model):
                    for method, args in questions(field.name, field.type):
                        with self.subTest(login=login, model=model._name, field=field.name):
                            self.assertTrue(
                                self._refuses(login, model._name, method, args), (method, args)
                            )
                    self.assertFalse(self._sorts(login, model, field), (login, field))
                    asked += 1
        self.assertGreater(asked, 200)

    def _sorts(self, login, model, field):
        """Whether rows come back in the order of a field."""
        return bool(self._does(login, model._name, "search", [], 0, None, f"{field.name}, id"))

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.domains")
    def test_asking_by_way_of_a_link(self):
        """Not by the same field of records that readable rows point to."""
        asked = 0
        for login in ("department2", "agent"):
            for model in self._readable(login):
                for link in model._fields.values():
                    if not link.relational or not model._has_field_access(link, "read"):
                        continue
                    if not (link.store or link.search):
                        continue
                    other = model.env[link.comodel_name]
                    if not other._name.startswith("water."):
                        continue
                    for field in self._hidden(other):
                        path = f"{link.name}.{field.name}"
                        asks = (
                            ("formatted_read_group", [[], [path], ["__count"]]),
                            ("search_count", [[(path, *ASKED.get(field.type, ("=", "x")))]]),
                        )
                        for method, args in asks:
                            with self.subTest(login=login, model=model._name, args=args):
                                self.assertTrue(self._refuses(login, model._name, method, args))
                        asked += 1
        self.assertGreater(asked, 100)

    @mute_logger("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_model", "odoo.domains")
    def test_asking_by_what_is_found(self):
        """Not by computed and searchable fields, of contacts and logins too: search results must
        not reveal payees or customers.
        """
        asked = []
        for login in ASKERS:
            for name in sorted(self.env.registry):
                model = self.env[name].with_user(self.users[login])
                if model._abstract or not model.has_access("read"):
                    continue
                for field in self._hidden(model):
                    is_ours = name.startswith("water.") or field.name.startswith("water_")
                    if is_ours and field.search and not field.store and not field.related:
                        asked.append(field.name)
                        args = [[(field.name, *ASKED.get(field.type, ("=", "x")))]]
                        with self.subTest(login=login, model=name, field=field.name):
                            self.assertTrue(self._refuses(login, name, "search_count", args))
        self.assertIn("water_is_payee", asked)
