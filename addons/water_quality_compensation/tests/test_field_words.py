import re

from odoo.tests import TransactionCase, tagged

WORDS = {"char", "text", "html"}
#: How Python shows a set of records.
RECORDS = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+\((\d+, ?)*\d*\)$")


@tagged("post_install", "-at_install")
class TestFieldWords(TransactionCase):
    """Text fields contain text or are empty, never a printed recordset.

    ``row.text = rows and rows.text`` is “some.model()” without rows.
    """

    def _computed_words(self):
        for model in self.registry.values():
            if model._abstract:
                continue
            for name, field in model._fields.items():
                ours = str(field._module).startswith("water_")
                if ours and field.type in WORDS and field.compute and not field.related:
                    yield model._name, name

    def test_nothing_is_no_set_of_records(self):
        found, seen = [], 0
        for model, name in self._computed_words():
            try:
                value = self.env[model].new({})[name]
            except Exception:  # noqa: BLE001  what needs more than nothing is read elsewhere
                continue
            seen += 1
            if RECORDS.match(value or ""):
                found.append((model, name, value))
        self.assertGreater(seen, 100)
        self.assertEqual(found, [])

    def test_how_records_look(self):
        for text in (str(self.env["water.zone"]), str(self.env["water.zone"].browse([1, 22]))):
            self.assertTrue(RECORDS.match(text), text)
        self.assertFalse(RECORDS.match("停水 (12)"))
