from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .bill_common import BillCommon


@tagged("post_install", "-at_install")
class TestMeterRefund(BillCommon):
    """Overcounted water is refunded to the cent, with the calculation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = "en_US"  # in which its calculations are told
        cls.account = cls._account()

    def test_unrounded_in_between(self):
        """186 m³ at +6.4 % and ¥3.10: 174.812 m³ in truth, ¥34.68 back."""
        refund = self._refund()
        self.assertEqual((refund.outcome, refund.refund_amount), ("over", 34.68))
        self.assertAlmostEqual(refund.true_volume, 174.812, 3)
        refund.action_submit()
        row = refund.sudo().compensation_id
        self.assertRecordValues(
            row,
            [
                {
                    "kind": "refund",
                    "state": "proposed",
                    "amount": 34.68,
                    "partner_id": self.customer.id,
                    "account_id": self.account.id,
                }
            ],
        )
        for words in ("186 m³", "6.4%", "174.81203 m³", "11.18797 m³", "3.10", "34.68"):
            self.assertIn(words, row.calculation)
        self.assertIn("JL-2026-118", row.reason)

    def test_other_figures(self):
        """To the cent where rounding the volume first would give another amount."""
        for volume, error, price, amount in (
            (100, 5, 2.95, 14.05),
            (1234.5, 7.25, 4.137, 345.24),
            (1, 100, 1, 0.5),
        ):
            with self.subTest(volume=volume):
                values = {"error_percent": error, "water_price": price, "waste_price": 0}
                refund = self._refund(billed_volume=volume, **values)
                self.assertEqual(refund.refund_amount, amount)

    def test_fee_and_replacement(self):
        """Beyond the tolerance the company bears the fee, and the meter is replaced."""
        refund = self._refund(test_fee=50, is_fee_paid=True, waste_price=1)
        self.assertEqual((refund.refund_amount, refund.total_amount), (45.87, 95.87))
        self.assertEqual((refund.fee_borne_by, refund.replaces_meter), ("company", True))
        refund.action_submit()
        self.assertEqual(refund.sudo().compensation_id.amount, 95.87)
        self.assertIn("50.00", refund.sudo().compensation_id.calculation)
        order = refund.replacement_id
        self.assertEqual(order.category_id, self._category("mt02"))
        self.assertEqual(order.account_id, self.account)
        self.assertIn("JL-2026-118", order.description)

    def test_author_cannot_decide(self):
        """Authors of its figures, even if another user submits it; for the fee and the water."""
        case = self._complaint(partner_id=self.customer2.id)
        refund = self._refund(test_fee=50, is_fee_paid=True, complaint_id=case.id)
        self._as("supervisor", refund).water_price = 3.2
        refund.action_submit()
        rows = self.compensations.search([("origin_key", "=like", f"meter:{refund.id}%")])
        self.assertEqual(rows.partner_id, self.customer | self.customer2)
        for row in rows:
            self.assertIn(self.users["supervisor"], row._barred())
            self.assertNotIn(self.users["manager"], row._barred())

    def test_the_category_of_replacements_is_gone(self):
        """A company that has deleted it gets the refund, and no repair."""
        known = ("water_service_desk", "category_mt02")
        self.env["ir.model.data"].search(
            [("module", "=", known[0]), ("name", "=", known[1])]
        ).unlink()
        refund = self._refund()
        refund.action_submit()
        self.assertTrue(refund.sudo().compensation_id)
        self.assertFalse(refund.replacement_id)

    def test_within_the_tolerance(self):
        """The bill stands, the fee is the customer's, the meter stays."""
        for error in (4, 0, -4):
            with self.subTest(error=error):
                number = f"JL-{error}"
                refund = self._refund(
                    error_percent=error, test_fee=50, is_fee_paid=True, certificate_number=number
                )
                self.assertEqual((refund.outcome, refund.total_amount), ("within", 0))
                self.assertEqual((refund.fee_borne_by, refund.replaces_meter), ("customer", False))
                refund.action_submit()
                self.assertFalse(refund.compensation_id or refund.replacement_id)

    def test_counts_too_little(self):
        """Within the tolerance nothing is refunded: replaced, and the fee refunded."""
        refund = self._refund(error_percent=-5, test_fee=50, is_fee_paid=True)
        refund.action_submit()
        self.assertEqual((refund.outcome, refund.refund_amount), ("under", 0))
        self.assertEqual(refund.sudo().compensation_id.amount, 50)
        self.assertTrue(refund.replacement_id)

    def test_once_for_a_period(self):
        self._refund().action_submit()
        again = self._refund(period_from="2026-01-30", period_to="2026-03-01")
        with self.assertRaisesRegex(UserError, "refunded already"):
            again.action_submit()
        self.assertEqual((again.state, again.compensation_id.ids), ("draft", []))
        self._refund(period_from="2026-02-01", period_to="2026-03-01").action_submit()

    def test_adjoining_bills_share_the_reading_day(self):
        """A wrong meter was billed twice: both bills are refunded, neither of them twice."""
        for first, last in (("2026-01-31", "2026-03-31"), ("2026-03-31", "2026-05-31")):
            refund = self._refund(period_from=first, period_to=last)
            refund.action_submit()
            self.assertEqual(refund.state, "submitted")
            with self.assertRaisesRegex(UserError, "refunded already"):
                self._refund(period_from=first, period_to=last).action_submit()
        with self.assertRaisesRegex(UserError, "refunded already"):
            self._refund(period_from="2026-03-30", period_to="2026-03-31").action_submit()

    def test_missing_values_are_named_at_once(self):
        refund = self._refund(billed_volume=0, certificate_number=False)
        refund.with_env(self.env).proof_ids = False
        words = "Number of the Certificate, Billed .m³., and Certificate"
        with self.assertRaisesRegex(UserError, words):
            refund.action_submit()
        self.assertEqual(refund.state, "draft")

    def test_handed_in_is_kept(self):
        refund = self._refund()
        self.assertIs(refund.action_submit(), True)
        with self.assertRaisesRegex(UserError, "handed in already"):
            refund.action_submit()
        with self.assertRaisesRegex(UserError, "settled"):
            refund.error_percent = 9
        with self.assertRaisesRegex(UserError, "cancel it instead"):
            refund.with_env(self.env).unlink()
        self.assertEqual(refund.error_percent, 6.4)

    def test_only_the_desk(self):
        with self.assertRaises(AccessError):
            self._refund("department")
        with self.assertRaises(AccessError):
            self._as("quality", self._refund()).action_submit()
