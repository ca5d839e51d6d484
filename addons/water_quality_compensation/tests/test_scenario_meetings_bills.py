from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation.tests.bill_common import BillCommon
from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsBills(BillCommon, MeetingCommon):
    """A bill that is given back, in part or whole, and an account that has changed hands."""

    PROFILE = "cn_demo"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email, cls.customer2.email = "zhang@example.com", "li@example.com"
        cls.account = cls._account(partner_id=cls.customer.id, code="B-1")

    def _move(self, moment, entered=None):
        """张伟 moves out, 李娜 moves in; entered at once, or later."""
        with at(entered or moment):
            values = {"partner_id": self.customer2.id, "holder_since": local(moment)}
            self._as("agent", self.account).write(values)

    def _given_back(self, application):
        """The proposal for a submitted application."""
        application.action_submit()
        self.env.invalidate_all()
        return application.sudo().compensation_id

    # -- who has paid the bill -------------------------------------------------------------------

    def test_each_holder_is_given_his_own_bill_back(self):
        """Moved in the middle of a billed period: one application for each of the two."""
        self._move("2025-11-15 09:00")
        for whole, again in (
            (self._refund(), "2025-11-15"),
            (self._application(period_from="2025-10-01"), "2025-11-15"),
        ):
            with self.subTest(whole._name), self.assertRaisesRegex(UserError, again):
                whole.action_submit()
            self.assertEqual((whole.state, whole.compensation_id.ids), ("draft", []))
        former = self._refund(period_to="2025-11-14", billed_volume=90)
        present = self._refund(period_from="2025-11-15", billed_volume=96)
        rows = self._given_back(former) | self._given_back(present)
        self.assertEqual(rows.mapped("partner_id"), self.customer | self.customer2)
        self.assertEqual({row.partner_id: row.amount for row in rows}[self.customer], 16.78)

    def test_the_bill_ends_on_the_day_of_the_move(self):
        """Read for the last time at the move: the bill belongs to the former holder."""
        self._move("2026-01-31 09:00")
        row = self._given_back(self._refund())
        self.assertEqual(row.partner_id, self.customer)
        acts.refuse(self._as("supervisor", row), "漏水，非表误")
        leak = self._application(period_to="2026-01-31")
        self.assertEqual(self._given_back(leak).partner_id, self.customer)

    def test_the_bill_begins_on_the_day_of_the_move(self):
        self._move("2025-12-01 15:00")
        row = self._given_back(self._application())
        self.assertEqual(row.partner_id, self.customer2)
        acts.refuse(self._as("supervisor", row), "表误，非漏水")
        refund = self._refund(period_from="2025-12-01")
        self.assertEqual(self._given_back(refund).partner_id, self.customer2)

    def test_moved_at_the_last_second_of_a_day(self):
        """Billed until 31 January: until the thirtieth, 23:59:59, it is two bills, then one."""
        for moment, is_one in (
            ("2025-09-01 23:59:59", True),  # the first day is of who moves in on it
            ("2025-09-02 00:00:00", False),
            ("2026-01-30 23:59:59", False),
            ("2026-01-31 00:00:00", True),  # the last day is of who moves out on it
        ):
            with self.subTest(moment), self.env.cr.savepoint() as kept:
                self._move(moment)
                refund = self._refund()
                if is_one:
                    payee = self.customer if "2026" in moment else self.customer2
                    self.assertEqual(self._given_back(refund).partner_id, payee)
                else:
                    with self.assertRaisesRegex(UserError, f"changed on {moment[:10]}"):
                        refund.action_submit()
                kept.rollback()
            self.env.invalidate_all()

    def test_moved_twice_since(self):
        """The present holder has nothing to do with a bill of two holders ago."""
        self._move("2026-02-05 09:00")
        third = self.env["res.partner"].create({"name": "王五"})
        with at("2026-02-20 09:00"):
            self._as("agent", self.account).partner_id = third
        self.assertEqual(self._given_back(self._refund()).partner_id, self.customer)
        refund = self._refund(period_from="2026-02-05", period_to="2026-02-19")
        self.assertEqual(self._given_back(refund).partner_id, self.customer2)

    def test_entered_after_it_was_proposed(self):
        """The holder moved before the billed period: undecided ones follow."""
        refund = self._given_back(self._refund(period_to="2025-11-30"))
        leak = self._given_back(self._application())
        self.assertEqual((refund | leak).partner_id, self.customer)
        self._move("2025-08-15 09:00", entered="2026-03-12 09:00")
        self.env.invalidate_all()
        self.assertEqual((refund | leak).partner_id, self.customer2)
        self.assertIn("Another holder", refund.freeze_note)

    def test_entered_late_after_an_outage(self):
        """The holder at the time of the missed limit is paid, though entered later."""
        self._choose("gss_en_2025", rate=1)
        incident = self._incident("2026-03-01 10:00")
        row = self._restored(incident, "2026-03-02 11:00")
        self.assertEqual((row.partner_id, row.state), (self.customer, "proposed"))
        self._move("2026-02-20 09:00", entered="2026-03-12 09:00")
        self.env.invalidate_all()
        self.assertEqual((row.partner_id, row.amount), (self.customer2, 100))

    def test_a_move_after_the_failure_changes_no_payee(self):
        self._choose("gss_en_2025", rate=1)
        incident = self._incident("2026-03-01 10:00")
        rows = self._restored(incident, "2026-03-02 11:00") | self._given_back(self._refund())
        self._move("2026-03-05 09:00", entered="2026-03-12 09:00")
        self.env.invalidate_all()
        self.assertEqual(rows.partner_id, self.customer)

    def test_entered_after_it_was_posted(self):
        """Not paid to the wrong holder: reversed and decided again for the right one."""
        row = self._given_back(self._refund())
        self._as("supervisor", row).action_approve()
        self._run("entries")
        self._post(row)
        self._move("2025-08-15 09:00", entered="2026-03-12 09:00")
        with at("2026-03-25 09:00"):
            changes = self.env["water.account.change"].search([])
            self._as("supervisor2", changes).action_confirm()
            self.env.invalidate_all()
            self.assertFalse(row.freeze_note)
            with self.assertRaisesRegex(UserError, "held the account"), self.env.cr.savepoint():
                self._pay(row)
            self.env.invalidate_all()
            self._as("finance", row.sudo().move_id)._reverse_moves(cancel=True)
            self.env.invalidate_all()
            self._as("finance", row).action_make_entry()
            self.assertEqual((row.partner_id, row.state), (self.customer2, "proposed"))
            self._as("manager", row).action_approve()
            self._run("entries")
            self._post(row)
            self._pay(row)
        self.env.invalidate_all()
        self.assertEqual((row.payment_state, row.move_id.partner_id), ("paid", self.customer2))

    # -- what the two of them hear ---------------------------------------------------------------

    def _complained(self):
        """李娜 complains of the meter; what it counted too much was billed to 张伟."""
        self._move("2026-02-10 09:00")
        case = self._complaint(
            partner_id=self.customer2.id, account_id=self.account.id, email_from="li@example.com"
        )
        return case, self._refund(complaint_id=case.id)

    def test_hidden_on_page_of_complainant(self):
        case, refund = self._complained()
        row = self._given_back(refund)
        self._as("supervisor", row).action_approve()
        self.env.invalidate_all()
        self.assertEqual((row.partner_id, row.state), (self.customer, "approved"))
        self.assertFalse(case._compensation_sentences())
        page = self._as("portal2", case).sudo()._portal_page()
        self.assertFalse(page["compensations"])
        own = self.env["water.compensation"].sudo()._portal_domain(self.customer)
        self.assertEqual(row.filtered_domain(own), row)

    def test_news_go_to_payee(self):
        case, refund = self._complained()
        row = self._given_back(refund)
        self._as("supervisor", row).action_approve()
        before = self.env["mail.mail"].search([])
        with at("2026-03-25 10:00"):
            change = self.env["water.account.change"].search([])
            self._as("supervisor2", change).action_confirm()
            row.invalidate_recordset(["freeze_note"])
            self._run("entries")
            self._post(row)
        mails = self.env["mail.mail"].search([]) - before
        mine = mails.filtered(lambda mail: mail.model == row._name)
        self.assertEqual(mine.mapped("email_to"), ["zhang@example.com"])
        self.assertNotIn(case.name, str(mine.mapped("body_html")))
        self.assertIn("/my/compensations", str(mine.mapped("body_html")))

    def test_fee_is_refunded_to_payer_of_test(self):
        """The water was 张伟's, the test 李娜's: each gets their own money back."""
        case, refund = self._complained()
        refund.write({"test_fee": 50, "is_fee_paid": True})
        refund.action_submit()
        self.env.invalidate_all()
        rows = case.sudo().compensation_ids
        paid = {row.partner_id: row.amount for row in rows}
        self.assertEqual(paid, {self.customer: 34.68, self.customer2: 50})
        self.assertIn("50.00", rows.filtered(lambda r: r.partner_id == self.customer2).trace)

    # -- once in two years -----------------------------------------------------------------------

    def test_another_holder_has_not_had_his_allowance_yet(self):
        self._given_back(self._application())
        self._move("2026-02-03 09:00")
        again = self._application(
            period_from="2026-02-04",
            period_to="2026-03-01",
            repaired_on="2026-03-02",
            first_read_on="2026-03-03",
            second_read_on="2026-03-20",
            second_reading=1821,
        )
        with at("2026-03-21 09:00"):
            self.assertEqual(self._given_back(again).partner_id, self.customer2)
