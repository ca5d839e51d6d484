from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation.tests.bill_common import BillCommon
from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_service_desk.base.tests.common import local


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMoney(BillCommon):
    """Money where another rule meets it: the turn of a year, another holder, a later bill."""

    def _low(self, begin, end):
        incident = self._incident(begin, kind_id=self._kind("pressure").id, family_ids=False)
        return self._restored(incident, end)

    def test_five_times_a_year_counts_by_the_companys_year(self):
        """Three in the morning of New Year's Day is of the new year, though UTC has the old one."""
        self._account()
        self._low("2025-12-31 20:00", "2025-12-31 22:00")
        rows = self._low("2026-01-01 03:00", "2026-01-01 05:00")
        self.assertOwed(rows, 50)
        for day in range(3, 13):
            rows |= self._low(f"2026-02-{day:02} 08:00", f"2026-02-{day:02} 10:00")
        self.assertEqual((len(rows), sum(rows.mapped("amount"))), (5, 250))

    def test_a_refund_is_of_who_has_paid_the_bill(self):
        """Billed until January, moved in February, tested in March: the former holder is paid."""
        home = self._account(partner_id=self.customer.id)
        with at("2026-02-10 09:00"):
            self._as("agent", home).partner_id = self.customer2
        self.account = home
        refund = self._refund(tested_on="2026-03-02")
        refund.action_submit()
        row = refund.sudo().compensation_id
        self.assertEqual((row.partner_id, row.amount), (self.customer, 34.68))

    def test_the_holder_changes_at_the_very_second(self):
        """Twelve hours pass at ten in the evening: who holds it from that second on is owed."""
        homes = self._accounts(2, partner_id=self.customer.id)
        incident = self._incident("2026-03-11 10:00")
        for home, moment in zip(homes, ("2026-03-11 22:00:00", "2026-03-11 22:00:01"), strict=True):
            with at(moment):
                self._as("agent", home).partner_id = self.customer2
        rows = self._restored(incident, "2026-03-12 11:00")
        payees = {row.account_id: row.partner_id for row in rows}
        self.assertEqual(payees, {homes[0]: self.customer2, homes[1]: self.customer})
        self.assertEqual(set(rows.mapped("amount")), {100})  # 13 hours late: one further period

    def test_a_bill_that_is_entered_later(self):
        """Uncapped and asked for, then capped; amounts approved by then stay."""
        self._confirm("gss_en_2025_wq_dnd_household")
        homes = self._accounts(2)
        values = {"kind_id": self._kind("quality").id, "quality_notice": "drink"}
        incident = self._incident(
            "2026-03-01 08:00", quality_from=local("2026-03-01 08:00"), **values
        )
        incident.quality_until = local("2026-03-12 08:00")
        with at("2026-03-12 09:00"):
            self._job()
            rows = self._of(incident).sorted("account_id")
            self.assertEqual(rows.mapped("amount"), [220, 220])
            self.assertTrue(all(rows.mapped("bill_unknown")))
            chief = self._new_user("chief", "water_service_desk.group_manager")
            rows[0].with_user(chief).action_approve()
            homes.annual_water_bill = 150
            self._job()
        self.env.invalidate_all()
        self.assertEqual(rows.mapped("state"), ["approved", "proposed"])
        self.assertEqual(rows[1].amount, 150)
        self.assertFalse(rows[1].bill_unknown)
        self.assertEqual(rows[0].amount, 220)
