from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationAmount(CompensationCommon):
    """The facts have changed: another amount is owed."""

    def test_reprice(self):
        """Proposed rows change; approved ones are decided anew without their old entry."""
        row = self._entitlement()
        row._reprice(60, "新的计算")
        self.assertEqual((row.amount, row.trace, row.state), (60, "新的计算", "proposed"))
        self._as("supervisor", row).action_approve()
        move = row.move_id
        row._reprice(60, "只有说明变了")
        self.assertEqual((row.state, row.move_id), ("approved", move))
        row._reprice(70, "x")
        self.assertEqual((row.state, row.amount, move.state), ("proposed", 70, "cancel"))
        self._as("supervisor", row).action_approve()
        self.assertEqual(row.move_id.amount_total, 70)

    def test_reprice_posted(self):
        """More: a difference. Less: reversed, and the rest is proposed anew."""
        row = self._entitlement()
        self._as("supervisor", row).action_approve()
        self._post(row)
        row._reprice(80, "x")
        self.assertEqual((row.amount, row.correction_ids.amount), (50, 30))
        row._reprice(80, "x")
        self.assertEqual(len(row.correction_ids), 1)
        row._reprice(100, "x")
        rows = row.correction_ids.sorted("id")
        self.assertEqual(rows.mapped("amount"), [30, 20])
        keys = [f"more:{row.id}:{number}" for number in (1, 2)]
        self.assertEqual(rows.mapped("origin_key"), keys)
        row._reprice(80, "x")  # the latest goes, and no other one
        self.assertEqual((rows[0].state, rows[1].state), ("proposed", "withdrawn"))
        self.assertEqual(rows.mapped("is_replaced"), [False, True])
        self.assertEqual(row.correction_ids, rows)
        row._reprice(90, "x")
        row._reprice(85, "x")  # what goes is more than that: the rest is asked for anew
        self.assertEqual(self._live(row).mapped("amount"), [30, 5])
        row._reprice(20, "x")
        self.assertEqual((row.state, row.needs_reversal), ("withdrawn", True))
        self.assertEqual(self._live(row).amount, 20)

    def _live(self, row):
        rows = row.correction_ids.filtered(lambda more: more.state == "proposed")
        return rows.sorted("id")

    def test_reprice_paid(self):
        row = self._entitlement()
        self._as("supervisor", row).action_approve()
        self._post(row)
        self._pay(row)
        row._reprice(20, "x")
        self.assertEqual((row.state, row.payment_state, row.amount), ("approved", "paid", 50))
        self.assertFalse(row.correction_ids)
