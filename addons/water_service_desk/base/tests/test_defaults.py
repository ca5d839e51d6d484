from odoo import models
from odoo.tests import TransactionCase, tagged

PLAIN = "water.case.event"


@tagged("post_install", "-at_install")
class TestDefaults(TransactionCase):
    """What our records begin with is what Odoo would have them begin with."""

    def _by_odoo(self, model, values):
        return models.BaseModel._add_missing_default_values(model, dict(values))

    def _tables(self):
        return [
            self.env[name]
            for name in self.env.registry
            if name.startswith("water.") and self.env[name]._is_an_ordinary_table()
        ]

    def test_same_fields(self):
        """No default is left out, in any of our tables."""
        tables = self._tables()
        self.assertGreater(len([model for model in tables if model._begins_with()]), 50)
        for model in tables:
            with self.subTest(model=model._name):
                ours, odoos = model._add_missing_default_values({}), self._by_odoo(model, {})
                self.assertEqual(ours.keys(), odoos.keys())
                again = self._by_odoo(model, {})
                steady = [name for name in odoos if odoos[name] == again[name]]  # no new codes
                self.assertEqual([ours[name] for name in steady], [odoos[name] for name in steady])

    def test_given_values_stand(self):
        """What is given is not asked for, and what was given is left as it was."""
        given = {"kind": "note"}
        found = self.env[PLAIN]._add_missing_default_values(given)
        self.assertEqual(found["kind"], "note")
        found["kind"] = "other"
        self.assertEqual(given, {"kind": "note"})

    def test_context_is_heard(self):
        """Whoever opens a list of something has what is made there begin with it."""
        model = self.env["water.department"].with_context(default_code="NEW")
        self.assertEqual(model._add_missing_default_values({})["code"], "NEW")

    def test_chosen_defaults_are_heard(self):
        """So does whoever has set a default for himself."""
        self.env["ir.default"].set("water.department", "code", "MINE", user_id=True)
        self.assertEqual(
            self.env["water.department"]._add_missing_default_values({})["code"], "MINE"
        )
