from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from .common import WaterCommon, local


@tagged("post_install", "-at_install")
class TestNumbers(WaterCommon):
    """Numbers of cases as an administrator sets their sequence up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"name": "T", "code": "water.inquiry", "prefix": "Q%(range_year)s-", "padding": 3}
        cls.sequence = cls.env["ir.sequence"].create({**values, "company_id": cls.company.id})

    def _drawn(self, count=2):
        values = [self._inquiry_values() for _number in range(count)]
        return self._as("agent", self.env["water.inquiry"]).create(values).mapped("name")

    def test_anew_each_year(self):
        """Where it counts by the year it begins anew on New Year's Day of the company."""
        self.sequence.use_date_range = True
        with freeze_time(local("2026-12-31 23:59")):
            self.assertEqual(self._drawn(), ["Q2026-001", "Q2026-002"])
        with freeze_time(local("2027-01-01 00:01")):
            self.assertEqual(self._drawn(), ["Q2027-001", "Q2027-002"])
            self.assertEqual(self._drawn(1), ["Q2027-003"])

    def test_without_gaps(self):
        """Numbers without gaps, by the year or not, are drawn one after the other."""
        self.sequence.implementation = "no_gap"
        self.assertEqual(self._drawn(), ["Q2026-001", "Q2026-002"])
        self.sequence.use_date_range = True
        self.assertEqual(self._drawn(), ["Q2026-001", "Q2026-002"])
        self.assertEqual(self._drawn(1), ["Q2026-003"])

    def test_none_at_all(self):
        """Without a sequence the message names it."""
        every = self.env["ir.sequence"].search([("code", "=", "water.inquiry")])
        every.active = False
        with self.assertRaisesRegex(UserError, "water.inquiry.*missing or archived"):
            self._drawn()
