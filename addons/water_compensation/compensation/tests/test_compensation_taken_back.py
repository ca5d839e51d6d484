import ast

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon

WHY = "现场查明，停水由用户内部管道引起"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationTakenBack(CompensationCommon):
    """Customers who know of a compensation are told if it is not paid, and why (S2.1.1)."""

    def _told(self, rows):
        template = self.env.ref("water_compensation.mail_template_compensation_taken_back")
        messages = self.env["water.message"].search([("template_id", "=", template.id)])
        return messages.filtered(lambda row: row.mail_mail_id.res_id in rows.ids)

    def _named(self, **values):
        """Approved, and named in the letter of the result that has gone out."""
        case = self._complaint_at("handling")
        row = self._approved(case=case, partner_id=self.customer.id, **values)
        self._conclude(case)
        self._judge(case)
        words = f"<p>经核实，{'；'.join(case.sudo()._compensation_sentences())}</p>"
        notices = self._as("agent", self.env["water.notice"])
        notices._send(self._as("agent", case), self._notice_values(body=words))
        return row

    def test_named_in_a_letter(self):
        row = self._named()
        acts.withdraw(self._as("supervisor", row), WHY)
        message = self._told(row)
        self.assertEqual(len(message), 1)
        body = message.mail_mail_id.body_html
        self.assertIn(WHY, body)
        self.assertIn(row.name, body)
        self.assertTrue(row.taken_back_at)

    def test_credited(self):
        row = self._approved(partner_id=self.customer.id)
        self._as("accountant", row.move_id).action_post()
        self.assertTrue(row.told_at)
        self.assertTrue(row._portal_card()["is_paid"])
        acts.withdraw(self._as("supervisor", row), WHY)
        self.assertEqual(len(self._told(row)), 1)
        self.assertFalse(row._portal_card()["is_paid"], "the entry waits for finance")
        filters = row._portal_filters()
        self.assertFalse(row.filtered_domain(filters["paid"][1]))
        self.assertTrue(row.filtered_domain(filters["back"][1]))
        self.assertEqual(row.payment_state, "posted")
        other = self._approved(partner_id=self.customer.id)
        self._as("accountant", other.move_id).action_post()
        rows = self.env["water.compensation"].with_user(self.users["portal1"])
        found = rows._portal_groups(rows._portal_asked({"groupby": "payment"}), 80, 0)
        titles = {card["number"]: group["title"] for group in found for card in group["rows"]}
        self.assertEqual((titles[row.name], titles[other.name]), ("Not paid", "Credited"))

    def test_booked_back_by_finance(self):
        """Supervisors decide what follows; the customer is told, with the reason."""
        row = self._approved(partner_id=self.customer.id)
        self._as("accountant", row.move_id).action_post()
        newest = self.env["mail.message"].search([], limit=1, order="id desc").id
        self._as("accountant", row.move_id)._reverse_moves(cancel=True)
        self.assertEqual(row.payment_state, "reversed")
        told = self.env["mail.message"].search([("id", ">", newest), ("subject", "like", row.name)])
        above = self.users["supervisor"].partner_id
        self.assertEqual(len(told.filtered(lambda row: above in row.notified_partner_ids)), 1)
        item = self.env.ref("water_compensation.home_compensation_booked_back")
        self.assertIn(row, row.filtered_domain(ast.literal_eval(item.domain)))
        self.assertFalse(self._told(row), "it may be credited anew")
        acts.withdraw(self._as("supervisor", row), WHY)
        self.assertEqual(len(self._told(row)), 1)

    def test_unknown_to_all(self):
        """A proposal that was never announced is not mentioned to the customer."""
        row = self._proposed(partner_id=self.customer.id)
        acts.refuse(self._as("supervisor", row), WHY)
        self.assertFalse(self._told(row) or row.taken_back_at)

    def test_a_letter_about_something_else(self):
        case = self._complaint_at("handling")
        row = self._approved(case=case, partner_id=self.customer.id)
        self._conclude(case)
        self._judge(case)
        notices = self._as("agent", self.env["water.notice"])
        notices._send(self._as("agent", case), self._notice_values())
        acts.withdraw(self._as("supervisor", row), WHY)
        self.assertFalse(self._told(row))

    def test_worked_out_anew_it_is_owed_still(self):
        row = self._approved(partner_id=self.customer.id)
        self._as("accountant", row.move_id).action_post()
        row._reprice(40, "少算")
        self.assertEqual((row.state, row.is_replaced), ("withdrawn", True))
        self.assertFalse(self._told(row))

    def test_stays_on_customer_page_with_reason(self):
        row = self._named()
        acts.withdraw(self._as("supervisor", row), WHY)
        rows = self.env["water.compensation"].sudo()
        shown = rows.search(rows._portal_domain(self.customer)).filtered(lambda one: one == row)
        card = shown.with_context(lang="zh_CN")._portal_card()
        self.assertEqual(card["payment"], "不予支付")
        self.assertIn(WHY, card["reason"])
        self.assertFalse(card["is_paid"])
        mine = row.complaint_id.with_context(lang="zh_CN")._portal_page()["compensations"]
        self.assertEqual([one["payment"] for one in mine], ["不予支付"])

    def test_no_letter_names_it_again(self):
        row = self._named()
        acts.withdraw(self._as("supervisor", row), WHY)
        self.assertFalse(row.complaint_id._compensation_sentences())

    def test_the_dialog_says_who_reads_the_reason(self):
        row, other = self._named(), self._proposed()
        for rows, known in ((row, True), (row | other, True), (other, False)):
            values = {"compensation_ids": rows.ids, "step": "withdraw"}
            wizard = self._as("supervisor", self.env["water.compensation.wizard"]).new(values)
            self.assertEqual(wizard.is_known, known)
