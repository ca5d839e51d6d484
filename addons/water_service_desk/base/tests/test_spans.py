from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from ..models.res_company import LONGEST, _longest


@tagged("post_install", "-at_install")
class TestSpans(TransactionCase):
    """Spans of time in the settings stay within what a calendar can hold."""

    def test_nonsense_is_refused(self):
        """Each by its own name: a scheduled action of all companies ended by one such number."""
        company = self.env.company
        spans = [field for field in company._fields.values() if _longest(field)]
        self.assertIn("water_freeze_days", [field.name for field in spans])
        for field in spans:
            for value in (-1, _longest(field) + 1):
                with self.subTest(field.name, value=value), self.assertRaises(ValidationError):
                    company.write({field.name: value})

    def test_search_by_name(self):
        company = self.env.company
        with self.assertRaisesRegex(ValidationError, "Pause without Approval.*36500 at most"):
            company.water_pause_days = LONGEST["days"] + 1
        with self.assertRaisesRegex(ValidationError, "0 at least"):
            company.water_pause_days = -1
        company.water_pause_days = 0
