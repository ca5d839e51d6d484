from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import NOW, local
from odoo.addons.water_service_desk.base.tests.doors import Sent

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationMoney(CompensationCommon):
    """From the decision to the books, and back again."""

    def test_one_credit_note(self):
        """Approved by a user without accounting rights; the draft has all that finance needs."""
        self.assertFalse(self.users["supervisor"].has_group("account.group_account_invoice"))
        row = self._approved(amount=88)
        move = row.move_id
        self.assertEqual((move.move_type, move.state), ("out_refund", "draft"))
        self.assertEqual((move.amount_total, move.partner_id), (88, self.customer))
        self.assertEqual(move.currency_id, self.company.currency_id)
        self.assertIn(row.name, move.ref)
        self.assertNotIn(row.complaint_id.subject, f"{move.ref} {move.invoice_line_ids.name}")
        self.assertEqual(row.payment_state, "draft")

    def test_never_two(self):
        """Repeated and concurrent requests make one entry."""
        row = self._approved()
        row.sudo()._make_entries()
        self._trusted(row).move_queued = True
        row.sudo()._make_entries()
        with self.assertRefused("There is an entry already", row):
            self._as("finance", row).action_make_entry()
        self.assertEqual(self._moves(row), row.move_id)

    def _moves(self, row):
        return self.env["account.move"].search([("water_compensation_id", "=", row.id)])

    def test_posted_and_paid(self):
        """Finance posts and pays in Odoo's own screens; the case shows each step."""
        row = self._approved(due_on="2026-03-20")
        case = row.complaint_id
        self._post(row)
        self.assertEqual(row.payment_state, "posted")
        with freeze_time("2026-03-13 02:00:00"):
            self._pay(row)
        self.assertEqual(row.payment_state, "paid")
        self.assertEqual(row.paid_on, fields.Date.to_date("2026-03-13"))
        self.assertEqual(self._steps(case), ["proposed", "approved", "posted", "paid"])
        self.assertEqual((row.in_time, row.is_settled, row.days_left), (1, True, 0))

    def test_clock_of_the_case(self):
        """The last day to pay is a clock, met by the payment of all that is owed."""
        row = self._approved(due_on="2026-03-20")
        case = row.complaint_id
        second = self._approved(case=case, due_on="2026-03-20")
        clock = case.deadline_ids.filtered(lambda clock: clock.kind == "payment")
        self.assertEqual(clock.due_at, local("2026-03-20 23:59").replace(second=59))
        for each in (row, second):
            self._post(each)
        self._pay(row)
        self.assertFalse(clock.met_at)
        self._pay(second)
        self.assertTrue(clock.met_at)
        self.assertEqual(len(self._events(case, "paid")), 1)

    def test_customer_is_told_once(self):
        self.customer.email = "zhang@example.com"
        row = self._approved()
        self._post(row)
        self._as("accountant", row.move_id).button_draft()
        self._post(row)
        mails = self.env["water.message"].search([("complaint_id", "=", row.complaint_id.id)])
        mine = mails.filtered(
            lambda mail: (
                mail.template_id == self.env.ref("water_compensation.mail_template_compensation")
            )
        )
        self.assertEqual(len(mine), 1)
        self.assertIn(row.name, mine.subject)

    def test_bill_for_others(self):
        """A payee who is no customer gets a vendor bill."""
        other = self.env["res.partner"].create({"name": "路人甲"})
        row = self._approved(kind="claim", partner_id=other.id)
        self.assertEqual(row.payee_kind, "other")
        self.assertEqual(row.move_id.move_type, "in_invoice")
        self.assertEqual(row.move_id.journal_id.type, "purchase")
        self._post(row)
        self._pay(row)
        self.assertEqual(row.payment_state, "paid")

    def test_invoice_it_relates_to(self):
        """The chosen invoice is reduced; other customers' cannot be chosen."""
        invoice = self._invoice(self.customer, 300)
        row = self._proposed(amount=100)
        self._as("finance", row).write({"invoice_id": invoice.id})
        with self.assertRaises(ValidationError):
            self._as("finance", row).write({"invoice_id": self._invoice(self.customer2, 1).id})
        self._as("supervisor", row).action_approve()
        self.assertEqual(row.move_id.reversed_entry_id, invoice)
        self._post(row)
        self.assertEqual((row.payment_state, invoice.amount_residual), ("paid", 200))

    def test_invoice_chosen_later(self):
        invoice = self._invoice(self.customer, 300)
        row = self._approved(amount=100)
        self._as("finance", row).write({"invoice_id": invoice.id})
        self.assertEqual(row.move_id.reversed_entry_id, invoice)
        self._post(row)
        with self.assertRefused("not changed any more", row):
            self._as("finance", row).write({"invoice_id": False})

    def test_invoice_that_is_closed(self):
        """Accounts and journals need accounting access, and access to that company."""
        invoice, row = self._invoice(self.customer, 300), self._proposed(amount=100)
        books = self.env["ir.model"]._get_id("account.move")
        open_ones = f"[('id', '!=', {invoice.id})]"
        self.env["ir.rule"].create({"name": "x", "model_id": books, "domain_force": open_ones})
        for role, words in (("agent", ""), ("supervisor", ""), ("finance", "you cannot see")):
            with self.assertRaisesRegex(UserError, words) as refused:
                Sent(self._as(role, row)).write({"invoice_id": invoice.id})
            self.assertNotIn(invoice.name, str(refused.exception))
        self.assertFalse(row.sudo().invoice_id)

    def _invoice(self, partner, amount):
        line = {"name": "水费", "price_unit": amount, "tax_ids": False}
        values = {"move_type": "out_invoice", "partner_id": partner.id}
        move = self.env["account.move"].create({**values, "invoice_line_ids": [(0, 0, line)]})
        move.action_post()
        return move

    def test_taxes_are_included(self):
        """The customer gets the approved amount; a tax on top is refused."""
        taxes = self.env["account.tax"].create(
            [
                {"name": f"T{mode}", "amount": 13, "price_include_override": mode}
                for mode in ("tax_included", "tax_excluded")
            ]
        )
        self.company.water_compensation_tax_ids = taxes[0]
        row = self._approved(amount=100)
        self.assertEqual(row.move_id.amount_total, 100)
        self.assertGreater(row.move_id.amount_tax, 11)
        with self.assertRaises(ValidationError):
            self.company.water_compensation_tax_ids = taxes[1]

    def test_settings(self):
        """Product, account and journal of the settings stand on the entry."""
        account = self.env["account.account"].create(
            {"name": "补偿支出", "code": "999901", "account_type": "expense"}
        )
        product = self.env["product.product"].create({"name": "客户补偿", "type": "service"})
        journal = self.env["account.journal"].create(
            {"name": "补偿", "code": "BC", "type": "sale", "company_id": self.company.id}
        )
        self.company.write(
            {
                "water_compensation_account_id": account.id,
                "water_compensation_product_id": product.id,
                "water_compensation_journal_id": journal.id,
            }
        )
        move = self._approved().move_id
        line = move.invoice_line_ids
        self.assertEqual((line.account_id, line.product_id), (account, product))
        self.assertEqual(move.journal_id, journal)

    def test_account_where_the_settings_name_none(self):
        """The product's account; without a product the journal's."""
        account = self.env["account.account"].create(
            {"name": "补偿收入冲减", "code": "999902", "account_type": "income"}
        )
        product = self.env["product.product"].create({"name": "客户补偿", "type": "service"})
        product.property_account_income_id = account
        self.company.water_compensation_product_id = product
        self.assertEqual(self._approved().move_id.invoice_line_ids.account_id, account)
        self.company.water_compensation_product_id = False
        move = self._approved().move_id
        self.assertEqual(move.invoice_line_ids.account_id, move.journal_id.default_account_id)

    def test_finance_users(self):
        """Heads of finance at work; otherwise invoicing users."""
        accountant, clerk = self.users["accountant"], self.users["finance"]
        people = self.company._water_finance_people()
        self.assertIn(accountant, people)
        self.assertNotIn(clerk, people)
        people.active = False
        found = self.company._water_finance_people()
        self.assertIn(clerk, found)
        self.assertFalse(people & found)

    def test_without_books(self):
        """No journal: the decision stands, and the message says whom to ask."""
        journals = self.env["account.journal"].search([("company_id", "=", self.company.id)])
        sales = journals.filtered(lambda journal: journal.type == "sale")
        drafts = [("journal_id", "in", sales.ids), ("state", "=", "draft")]
        self.env["account.move"].search(drafts).button_cancel()  # those of the demo data
        sales.active = False
        row = self._approved()
        self.assertEqual((row.state, row.payment_state), ("approved", "none"))
        self.assertIn("no journal", row.move_error)
        self.assertIn("water_accountant", row.move_error)
        journals.active = True
        self._run("entries")
        self.assertEqual(row.payment_state, "draft")
        self.assertFalse(row.move_error)

    # -- what finance does by hand --------------------------------------------------------------

    def test_deleted_draft(self):
        """The compensation has no entry then, and gets another one by the button alone."""
        row = self._approved()
        self._as("finance", row.move_id).unlink()
        self.assertEqual((row.state, row.payment_state), ("approved", "none"))
        self._run("entries")
        self.assertFalse(row.move_id)
        self._as("finance", row).action_make_entry()
        self.assertEqual(row.payment_state, "draft")

    def test_cancelled_draft(self):
        row = self._approved()
        first = row.move_id
        self._as("finance", first).button_cancel()
        self.assertEqual(row.payment_state, "none")
        self._as("supervisor", row).action_make_entry()
        self.assertNotEqual(row.move_id, first)
        self.assertEqual(row.payment_state, "draft")

    def test_changed_by_hand(self):
        """Another amount or payee cannot be posted."""
        row = self._approved()
        move = self._as("finance", row.move_id)
        for change, back in (
            ({"price_unit": 130}, {"price_unit": 100}),
            ({"quantity": 2}, {"quantity": 1}),
        ):
            move.invoice_line_ids.write(change)
            with self.subTest(change), self.assertRefused(row.name):
                move.action_post()
            move.invoice_line_ids.write(back)
        move.partner_id = self.customer2
        with self.assertRefused("payee"):
            move.action_post()

    def test_finance_cannot_link_entries(self):
        """The link is written by the system only."""
        row = self._approved()
        move = self._invoice(self.customer, 5)
        with self.assertRaises(AccessError):
            self._as("accountant", move).write({"water_compensation_id": row.id})
        with self.assertRefused("kept by the system", row):
            self._as("finance", row).write({"move_id": move.id})

    # -- taking it back -------------------------------------------------------------------------

    def test_withdrawn_draft(self):
        row = self._approved()
        acts.withdraw(self._as("supervisor", row), "重复")
        self.assertEqual((row.state, row.move_id.state), ("withdrawn", "cancel"))
        self.assertEqual(row.payment_state, "none")

    def test_withdrawn_posted(self):
        """A supervisor asks for the reversal, finance makes it."""
        row = self._approved()
        self._post(row)
        acts.withdraw(self._as("supervisor", row), "重复")
        self.assertEqual((row.payment_state, row.needs_reversal), ("posted", True))
        told = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["accountant"].partner_id.ids)]
        )
        self.assertIn(row.name, " ".join(told.mapped("subject")))
        with self.assertRefused("Finance reverses", row):
            self._as("supervisor", row).action_reverse()
        self._as("finance", row).action_reverse()
        self.assertEqual((row.payment_state, row.needs_reversal), ("reversed", False))

    def test_withdrawn_paid(self):
        row = self._approved()
        self._post(row)
        self._pay(row)
        with self.assertRaisesRegex(UserError, "paid"):
            acts.withdraw(self._as("supervisor", row), "重复")

    def test_reversed_by_finance(self):
        """With Odoo's own reversal the case shows it, too."""
        row = self._approved()
        self._post(row)
        self._as("finance", row.move_id)._reverse_moves(cancel=True)
        self.assertEqual(row.payment_state, "reversed")

    # -- late payment (S-8) ---------------------------------------------------------------------

    def test_penalty_of_what_was_paid_late(self):
        """When the scheduled action stood still, the penalty is owed all the same."""
        row = self._entitlement(due_on="2026-03-12")
        self._as("supervisor", row).action_approve()
        self._post(row)
        with freeze_time("2026-03-16 02:00:00"):
            self._pay(row)
            model = type(self.env["water.compensation"])
            with patch.object(model, "_penalty_values", lambda row: {"amount": 10}):
                self._run("late")
        self.assertEqual(row.penalty_ids.amount, 10)

    def test_no_rule_no_penalty(self):
        row = self._entitlement(due_on="2026-03-01")
        self._run("late")
        self.assertFalse(row.penalty_ids)

    def test_penalty_goes_with_what_it_is_for(self):
        row = self._entitlement(due_on="2026-03-01")
        model = type(self.env["water.compensation"])
        with patch.object(model, "_penalty_values", lambda row: {"amount": 10}):
            self._run("late")
        acts.refuse(self._as("supervisor", row), "客户取消预约")
        self.assertEqual(row.penalty_ids.state, "withdrawn")
        self.assertEqual(row.late_penalty, 0)

    # -- many -----------------------------------------------------------------------------------

    def test_hundred_of_an_incident(self):
        """Approved with one click, made by the scheduled action, and the incident shows how far."""
        incident = self._incident()
        values = {"kind": "entitlement", "amount": 50, "incident_id": incident.id}
        rows = self.env["water.compensation"]._propose(
            [
                {**values, "partner_id": partner.id, "origin_key": f"i:{partner.id}"}
                for partner in self.env["res.partner"].create([{"name": "x"}] * 100)
            ]
        )
        self.assertEqual(incident.entry_note, "100 to decide")
        self._as("supervisor", rows).action_approve()
        self.assertEqual(set(rows.mapped("payment_state")), {"none"})
        incident.invalidate_recordset()
        self.assertIn("0 of 100", incident.entry_note)
        self.env.flush_all()
        count = self.env.cr.sql_log_count
        self._run("entries")
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - count, 100 * 10)
        self.assertEqual(set(rows.mapped("payment_state")), {"draft"})
        self.assertIn("100 of 100", incident.entry_note)
        self.assertEqual(len(set(rows.move_id.ids)), 100)

    def _incident(self):
        family = self.env.ref("water_service_desk.category_ot")
        return self.env["water.incident"].create({"subject": "爆管", "family_ids": family.ids})

    @mute_logger("odoo.sql_db")
    def test_one_that_fails_does_not_stop_the_others(self):
        good, bad = self._proposed(), self._proposed()
        self._as("finance", bad).write({"payee_kind": "other"})
        journals = self.env["account.journal"].search([("type", "=", "purchase")])
        journals.active = False
        self._as("supervisor", good | bad).action_approve()
        self.assertEqual(good.payment_state, "draft")
        self.assertEqual(bad.payment_state, "none")
        self.assertIn("no journal", bad.move_error)
