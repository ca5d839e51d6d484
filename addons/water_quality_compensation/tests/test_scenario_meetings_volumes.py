from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation.tests.bill_common import BillCommon
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsVolumes(BillCommon, MeetingCommon):
    """A leak and a wrong meter in one bill: no cubic metre is given back twice (domain 4.3)."""

    PROFILE = "cn_demo"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.lang = "en_US"  # in which its calculations are told
        cls.account = cls._account(partner_id=cls.customer.id, code="V-1")

    def _refused(self, application):
        with self.assertRaisesRegex(UserError, "2025-12-01|2025-09-01"), self.env.cr.savepoint():
            application.action_submit()
        self.env.invalidate_all()
        self.assertEqual(application.state, "draft")
        self.assertFalse(application.sudo().compensation_id)

    def test_a_refund_after_an_allowance(self):
        """The leak was credited by what the meter said: the same water is not refunded again."""
        self._application().action_submit()
        self._refused(self._refund())

    def test_an_allowance_after_a_refund(self):
        """What the meter has counted too much did not leak."""
        self._refund().action_submit()
        self._refused(self._application())

    def test_after_a_refusal(self):
        """What nobody was given keeps nothing from being given."""
        leak = self._application()
        leak.action_submit()
        acts.refuse(self._as("supervisor", leak.sudo().compensation_id), "已知漏水")
        refund = self._refund()
        refund.action_submit()
        self.assertTrue(refund.sudo().compensation_id)

    def test_of_another_period(self):
        self._application().action_submit()
        refund = self._refund(period_to="2025-11-30")
        refund.action_submit()
        self.assertTrue(refund.sudo().compensation_id)

    def test_a_meter_that_is_right(self):
        """Within the tolerance no water is given back: the leak may be."""
        self._refund(error_percent=2).action_submit()
        leak = self._application()
        leak.action_submit()
        self.assertTrue(leak.sudo().compensation_id)

    def test_a_meter_that_is_right_after_an_allowance(self):
        """No water is asked for: the test is registered, whatever has leaked."""
        self._application().action_submit()
        refund = self._refund(error_percent=2)
        refund.action_submit()
        self.assertEqual((refund.state, refund.outcome), ("submitted", "within"))

    # -- both for one bill -----------------------------------------------------------------------

    def _approved_of(self, application):
        """What is granted for an application that is handed in."""
        application.action_submit()
        row = application.sudo().compensation_id
        self._as("supervisor", row).action_approve()
        self.env.invalidate_all()
        return row.amount

    def test_a_leak_by_a_meter_that_counts_too_much(self):
        """The leak is what truly ran beyond the normal use; in either order as much is paid."""
        covers = {"period_to": "2026-02-01"}
        alone = self._refund(**covers)
        whole = alone.total_amount
        refund = self._approved_of(alone)
        self.assertEqual(refund, whole)
        leak = self._application()
        after = self._approved_of(leak)
        self.assertIn("90.225564 m³", leak.sudo().compensation_id.calculation)

        self.account = self._account(partner_id=self.customer.id, code="V-2")
        first = self._approved_of(self._application())
        self.assertGreater(first, after)
        second = self._refund(**covers)
        self.assertAlmostEqual(second.total_amount, whole - (first - after), 2)
        rest = self._approved_of(second)
        self.assertAlmostEqual(first + rest, refund + after, 2)
        self.assertIn("already as leaked", second.sudo().compensation_id.calculation)
        self.assertAlmostEqual(second.total_amount, rest, 2)

    def test_one_is_decided_before_the_other_is_worked_out(self):
        self._refund(period_to="2026-02-01").action_submit()
        leak = self._application()
        with self.assertRefused("2025-09-01 to 2026-02-01 waits for a decision", leak):
            leak.action_submit()
        self.account = self._account(partner_id=self.customer.id, code="V-3")
        self._application().action_submit()
        refund = self._refund(period_to="2026-02-01")
        self.assertEqual(refund.total_amount, 34.68, "nothing has been given back as leaked yet")
        with self.assertRefused("2025-12-01 to 2026-02-01 waits for a decision", refund):
            refund.action_submit()

    def test_a_leak_of_the_very_days_that_the_test_covers(self):
        """From its first day to its last it is covered, and waits; a day more, and it is not."""
        self._refund(period_from="2025-12-01", period_to="2026-02-01").action_submit()
        for first, last, words in (
            ("2025-12-01", "2026-02-01", "waits for a decision"),
            ("2025-11-30", "2026-02-01", "refunded already"),
            ("2025-12-01", "2026-02-02", "refunded already"),
        ):
            leak = self._application(period_from=first, period_to=last)
            with self.subTest((first, last)), self.assertRefused(words, leak):
                leak.action_submit()

    def _booked_back(self, application):
        """Finance takes back what it has booked, before it is paid."""
        row = application.sudo().compensation_id
        self._run("entries")
        self._post(row)
        dialogs = self._as("finance", self.env["account.move.reversal"]).with_context(
            active_model="account.move", active_ids=row.move_id.ids
        )
        dialogs.create({"journal_id": row.move_id.journal_id.id}).reverse_moves()
        self._as("finance", row.move_id.reversal_move_ids).action_post()
        self.env.invalidate_all()
        return row

    def test_a_refund_taken_back_after_a_leak_was_worked_out_of_it(self):
        """Each in its turn: the leak was credited by the true volume, which the refund says."""
        refund, leak = self._refund(period_to="2026-02-01"), self._application()
        self._approved_of(refund)
        row = refund.sudo().compensation_id
        less = self._approved_of(leak)
        credit = leak.sudo().compensation_id
        with self.assertRefused(f"{credit.name} was worked out of what this one gives back", row):
            acts.withdraw(self._as("supervisor", row), "检定有误")
        acts.withdraw(self._as("supervisor", credit), "检定有误")
        acts.withdraw(self._as("supervisor", row), "检定有误")
        self.env.invalidate_all()
        self.assertEqual((row | credit).mapped("state"), ["withdrawn", "withdrawn"])
        again = self._application()
        self.assertGreater(self._approved_of(again), less)

    def test_a_refund_booked_back_after_a_leak_was_worked_out_of_it(self):
        """By finance: the leak is worked out as if there were none, and again where it returns."""
        whole = self._whole_leak()
        refund, leak = self._refund(period_to="2026-02-01"), self._application()
        self._approved_of(refund)
        less = self._approved_of(leak)
        self.assertLess(less, whole)
        row, credit = self._booked_back(refund), leak.sudo().compensation_id
        self.assertRecordValues(credit, [{"amount": whole, "state": "proposed"}])
        self.assertIn("booked otherwise", credit.version_ids.sorted("number")[-1].reason)
        self._as("finance", row).action_make_entry()
        self.env.invalidate_all()
        self.assertRecordValues(credit, [{"amount": less, "state": "proposed"}])
        self.assertEqual(row.payment_state, "draft")

    def test_a_reversal_that_finance_puts_back(self):
        refund, leak = self._refund(period_to="2026-02-01"), self._application()
        self._approved_of(refund)
        less = self._approved_of(leak)
        row, credit = self._booked_back(refund), leak.sudo().compensation_id
        self.assertGreater(credit.amount, less)
        self._as("finance", row.move_id.reversal_move_ids).button_draft()
        self.env.invalidate_all()
        self.assertNotEqual(row.payment_state, "reversed")
        self.assertEqual(credit.amount, less)

    def test_booked_back_it_is_withdrawn_at_once(self):
        """Nothing goes by it any more."""
        refund, leak = self._refund(period_to="2026-02-01"), self._application()
        self._approved_of(refund)
        self._approved_of(leak)
        row = self._booked_back(refund)
        acts.withdraw(self._as("supervisor", row), "检定有误")
        self.assertEqual(row.state, "withdrawn")

    def test_an_allowance_booked_back_after_a_refund_was_worked_out_of_it(self):
        """The refund gives the whole again, as far as it is posted by a row of its own."""
        leak, refund = self._application(), self._refund(period_to="2026-02-01")
        whole = refund.total_amount
        self._approved_of(leak)
        rest = self._approved_of(refund)
        self.assertLess(rest, whole)
        paid = refund.sudo().compensation_id
        self._run("entries")
        self._post(paid)
        self._booked_back(leak)
        self.assertEqual((paid.amount, paid.payment_state), (rest, "posted"))
        self.assertAlmostEqual(paid.correction_ids.amount, whole - rest, 2)

    def _whole_leak(self):
        """What the same leak is credited where no meter was tested."""
        here, self.account = self.account, self._account(partner_id=self.customer.id, code="V-9")
        amount = self._approved_of(self._application())
        self.account = here
        return amount

    def test_an_allowance_taken_back_after_a_refund_was_worked_out_of_it(self):
        leak, refund = self._application(), self._refund(period_to="2026-02-01")
        self._approved_of(leak)
        self._approved_of(refund)
        row = leak.sudo().compensation_id
        with self.assertRefused("was worked out of what this one gives back", row):
            acts.withdraw(self._as("supervisor", row), "已知漏水")
        acts.withdraw(self._as("supervisor", refund.sudo().compensation_id), "检定有误")
        acts.withdraw(self._as("supervisor", row), "已知漏水")

    def test_a_refund_of_nothing_as_long_as_the_leak_is_credited(self):
        """96 m³ by a meter that counts 6.4 % too much are 90.226: 5.774 at 3.10 are 17.90, less
        than the allowance gave of them. Once that is taken back, they are given, and once.
        """
        bill = {"period_from": "2025-12-01", "period_to": "2026-02-01", "billed_volume": 96}
        leak = self._application()
        self._approved_of(leak)
        refund, row = self._refund(**bill), leak.sudo().compensation_id
        refund.action_submit()
        self.assertEqual((refund.total_amount, bool(refund.sudo().compensation_id)), (0, False))
        with self.assertRefused("2025-12-01 to 2026-02-01 has been refunded already"):
            self._refund(**bill).action_submit()
        acts.withdraw(self._as("supervisor", row), "已知漏水")
        self.env.invalidate_all()
        given = refund.sudo().compensation_id
        self.assertRecordValues(given, [{"amount": 17.9, "state": "proposed", "kind": "refund"}])
        self.assertEqual(given.partner_id, self.customer)
        again = self._application()
        with self.assertRefused("waits for a decision", again):
            again.action_submit()

    def test_a_refund_of_nothing_and_the_leak_is_booked_back(self):
        bill = {"period_from": "2025-12-01", "period_to": "2026-02-01", "billed_volume": 96}
        leak = self._application()
        self._approved_of(leak)
        refund = self._refund(**bill)
        refund.action_submit()
        row = self._booked_back(leak)
        self.assertEqual(refund.sudo().compensation_id.amount, 17.9)
        self._as("finance", row).action_make_entry()
        self.env.invalidate_all()
        self.assertEqual(refund.sudo().compensation_id.amount, 0)

    def test_a_leak_handed_in_again_after_it_was_refused(self):
        """Somebody decides on it anew, once however often it is handed in."""
        first, second, third = (self._application() for __ in range(3))
        trusted(first.sudo()._leak_rule()).once_months = 0
        first.action_submit()
        refused = first.sudo().compensation_id
        acts.refuse(self._as("supervisor", refused), "缺发票")
        second.action_submit()
        anew = second.sudo().compensation_id
        self.assertEqual((refused.state, anew.state), ("refused", "proposed"))
        third.action_submit()
        self.assertEqual(third.sudo().compensation_id, anew)
