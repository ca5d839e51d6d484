from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation.tests.common import CompensationCommon
from odoo.addons.water_compensation.compensation_scheme.tests.common import SchemeCommon
from odoo.addons.water_complaints.appeal.tests.common import AppealCommon, at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMoving(AppealCommon, SchemeCommon, CompensationCommon):
    """The holder of an account changes while a case, an appeal, an outage and money run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls._account(partner_id=cls.customer.id, customer_class="household")
        cls.customer.email = "zhang@example.com"
        cls.customer2.email = "li@example.com"

    def _move(self, moment):
        """张伟 moves out, 李娜 moves in."""
        with at(moment):
            self._as("agent", self.home).partner_id = self.customer2

    def _finds(self, login, case):
        return bool(self._as(login, case)._portal_find(case.id))

    def test_a_case_and_its_appeal_stay_with_who_complained(self):
        with at("2026-03-11 10:00"):
            case = self._complaint_at("notified", account_id=self.home.id)
        self._move("2026-03-12 09:00")
        self.assertEqual(case.partner_id, self.customer)
        self.assertEqual(
            (self._finds("portal1", case), self._finds("portal2", case)), (True, False)
        )
        with at("2026-03-12 10:00"):
            mine = self._as("portal1", case)._portal_find(case.id)
            mine._portal_do("appeal", {"appeal_reason": "水量仍按估数"})
            appeal = case.appeal_ids
            self._accepted(appeal)
            before = self.env["water.message"].search([])
            self._decided(appeal, "upheld", reopen=True, remedy="重新处理")
        told = self.env["water.message"].search([]) - before
        self.assertNotIn("li@example.com", str(told.mapped("address")))
        self.assertEqual((appeal.state, case.handling_round), ("decided", 2))
        self.assertWhole(case)

    def test_money_of_an_appointment_goes_to_who_waited(self):
        """Missed before the move, worked out and paid after it."""
        with at("2026-03-11 10:00"):
            case = self._complaint_at("dispatched", account_id=self.home.id)
            slot = (local("2026-03-12 09:00"), local("2026-03-12 11:00"))
            visit = acts.plan_visit(self._as("agent", case), self.net, *slot).with_env(self.env)
        self._move("2026-03-12 11:30")
        with at("2026-03-12 12:00"):
            self._sweep()
        row = visit.sudo().compensation_ids
        self.assertEqual((row.partner_id, row.account_id), (self.customer, self.home))
        with at("2026-03-13 09:00"):
            self._as("supervisor", row).action_approve()
            changes = self.env["water.account.change"].search([("account_id", "=", self.home.id)])
            self._as("supervisor", changes).action_confirm()
        with at("2026-03-20 09:00"):  # the change has waited its week
            self._post(row)
            self._pay(row)
        self.assertEqual((row.payment_state, row.move_id.partner_id), ("paid", self.customer))

    def test_in_the_middle_of_an_outage(self):
        """The old holder is owed for the limit that passed, the new one hears of the end."""
        incident = self._incident("2026-03-11 10:00")
        with at("2026-03-11 11:00"):
            case = self._complaint(
                account_id=self.home.id,
                category_id=self._category("ot03").id,
                email_from="zhang@example.com",
            )
        self.assertEqual(case.incident_id, incident)
        self._move("2026-03-12 08:00")  # the limit of twelve hours passed the evening before
        with at("2026-03-12 12:00"):
            before = self.env["water.message"].search([])
            acts.restore(
                self._as("supervisor", incident), local("2026-03-12 11:30"), "已恢复供水。"
            )
            with self.enter_registry_test_mode():
                self.env.ref("water_complaints.ir_cron_incidents").method_direct_trigger()
                self.env.ref("water_compensation.ir_cron_compensate").method_direct_trigger()
            self.env.invalidate_all()
        rows = self.compensations.search([("incident_id", "=", incident.id)])
        self.assertEqual((rows.partner_id, rows.account_id), (self.customer, self.home))
        self.assertGreater(rows.amount, 0)
        told = self.env["water.message"].search([]) - before
        people = told.incident_contact_id
        mine = people.filtered("complaint_id")
        self.assertEqual((mine.complaint_id, mine.partner_id), (case, self.customer))
        self.assertEqual((people - mine).mapped("partner_id"), self.customer2)
        self.assertEqual(case.partner_id, self.customer)
        self.assertWhole(case)
