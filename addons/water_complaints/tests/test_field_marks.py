"""Which fields the system keeps, which must be filled, which are not copied: as written down."""

from collections import defaultdict
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from .test_module import MODULES

MARKS = Path(__file__).with_name("field_marks.txt")


@tagged("post_install", "-at_install")
class TestFieldMarks(TransactionCase):
    def _marks(self):
        """Lines ``model: mark: fields`` of all stored fields of ours."""
        found = defaultdict(list)
        for name, model in sorted(self.env.registry.items()):
            if model._abstract:
                continue
            for field in sorted(model._fields.values(), key=lambda field: field.name):
                if field.store and field._module in MODULES:
                    marks = {
                        "kept": field.readonly,
                        "needed": field.required,
                        "not copied": not field.copy,
                    }
                    for mark in (mark for mark, is_so in marks.items() if is_so):
                        found[name, mark].append(field.name)
        return [f"{name}: {mark}: {' '.join(names)}" for (name, mark), names in found.items()]

    def test_marks(self):
        """Rights and data hang on them: whoever changes one changes the list as well."""
        written = MARKS.read_text().splitlines()
        self.assertGreater(len(written), 100)
        self.maxDiff = None
        self.assertEqual(self._marks(), written)
