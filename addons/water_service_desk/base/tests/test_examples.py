import re
import runpy
import sys
import unittest
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from . import examples

ADDONS = Path(__file__).parents[3]


@tagged("post_install", "-at_install")
class TestExamples(BaseCase):
    """Where hypothesis is missing all other tests run nevertheless."""

    def test_without_hypothesis(self):
        with patch.dict(sys.modules, {"hypothesis": None}):
            found = runpy.run_path(examples.__file__)
        st = found["st"]

        class Tried(unittest.TestCase):
            @found["settings"](max_examples=3)
            @found["given"](st.lists(st.integers(0, 6), min_size=1).map(tuple))
            def test_it(self, value):
                self.fail(value)

        result = unittest.TestResult()
        Tried("test_it").run(result)
        self.assertTrue(result.wasSuccessful())
        self.assertEqual(
            [reason for _test, reason in result.skipped], ["hypothesis is not installed"]
        )

    def test_others_cannot_import(self):
        for path in ADDONS.glob("water_*/**/*.py"):
            if path.name not in ("examples.py", "test_examples.py"):
                imports = re.search(r"^(from|import) hypothesis", path.read_text(), re.MULTILINE)
                self.assertFalse(imports, path)
