from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

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
        """Overcounted water did not leak."""
        self._refund().action_submit()
        self._refused(self._application())

    def test_after_a_refusal(self):
        """A refused application blocks no other."""
        leak = self._application()
        leak.action_submit()
        acts.refuse(self._as("supervisor", leak.sudo().compensation_id), "已知漏水")
        refund = self._refund()
        refund.action_submit()
        self.assertTrue(refund.sudo().compensation_id)

    def test_different_period(self):
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
        """Without a refund the test is registered, regardless of leaks."""
        self._application().action_submit()
        refund = self._refund(error_percent=2)
        refund.action_submit()
        self.assertEqual((refund.state, refund.outcome), ("submitted", "within"))

    def test_days_that_two_bills_share(self):
        leak = self._application()
        leak.action_submit()
        row = leak.sudo().compensation_id
        self._as("supervisor", row).action_approve()
        self._run("entries")
        self._post(row)
        self._as("finance", row.move_id)._reverse_moves(cancel=True)
        for first, last in (("2026-01-31", "2026-03-01"), ("2025-09-01", "2025-12-02")):
            self._refused(self._refund(period_from=first, period_to=last))
        for first, last in (("2026-02-01", "2026-03-01"), ("2025-09-01", "2025-12-01")):
            self._refund(period_from=first, period_to=last).action_submit()

    @mute_logger("odoo.sql_db")
    def test_database_keeps_water_from_being_given_back_twice(self):
        leak = self._application()
        leak.action_submit()
        row = leak.sudo().compensation_id
        with self.assertRaises(IntegrityError):
            trusted(row).copy({"billed_from": "2026-01-31", "billed_to": "2026-03-01"})
        trusted(row).copy({"billed_from": "2026-02-01", "billed_to": "2026-03-01"})

    def test_a_leak_handed_in_again_after_it_was_refused(self):
        """A new decision, once, however often it is submitted."""
        first, second, third = (self._application() for __ in range(3))
        trusted(self._rule("cn_demo_d-leak")).once_months = 0
        first.action_submit()
        acts.refuse(self._as("supervisor", first.sudo().compensation_id), "缺发票")
        second.action_submit()
        self.assertEqual(second.sudo().compensation_id.state, "proposed")
        self._refused(third)
