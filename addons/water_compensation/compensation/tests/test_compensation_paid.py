from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationPaid(CompensationCommon):
    """The approved amount is paid by Odoo's own buttons."""

    def setUp(self):
        super().setUp()
        self.row = self._approved(partner_id=self.customer.id)
        self._post(self.row)
        self.entry = self._as("finance", self.row.sudo().move_id)
        self.stranger = self.env["res.partner"].create({"name": "外人"})
        self.owed = self._owed(self.entry)
        self.bank = self.env["res.partner.bank"].create(
            {"partner_id": self.stranger.id, "acc_number": "6222 9999"}
        )

    def _owed(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _by_hand(self, partner, money=100):
        """A posted entry by which finance itself pays ``partner`` out of the till."""
        lines = [(self.owed.account_id, money, 0), (self._booked_on("asset_cash"), 0, money)]
        values = [
            {"account_id": account.id, "partner_id": partner.id, "debit": debit, "credit": credit}
            for account, debit, credit in lines
        ]
        moves = self._as("finance", self.env["account.move"])
        move = moves.create({"line_ids": [Command.create(line) for line in values]})
        move.action_post()
        return move

    def _pay_by(self, **values):
        wizards = self._as("finance", self.env["account.payment.register"]).with_context(
            active_model="account.move", active_ids=self.entry.ids
        )
        wizards.create(values).action_create_payments()

    def test_files_sent_with_an_entry(self):
        """Finance sends no file on, nor reads it there, that is closed to it."""
        letter = {"mail_body": "x", "mail_subject": "x", "mail_partner_ids": []}
        letter["author_partner_id"] = self.users["finance"].partner_id.id
        sending = self._as("finance", self.env["account.move.send"])
        for about, is_closed in ((self.row.sudo().complaint_id, True), (self.entry, False)):
            there = {"res_model": about._name, "res_id": about.id}
            file = self.env["ir.attachment"].create({"name": "x.txt", "raw": b"x", **there})
            named = {**letter, "mail_attachments_widget": [{"id": file.id, "name": "x.txt"}]}
            for sender in (sending, sending.sudo()):
                if is_closed:
                    with self.assertRaisesRegex(AccessError, "closed to you is not sent"):
                        sender._get_mail_params(self.entry, named)
                    continue
                sent = sender._get_mail_params(self.entry, named)
                self.assertEqual(sent["attachments"], [("x.txt", b"x")])

    def test_paid_by_an_entry_is_paid(self):
        """Out of the till: Odoo calls it reversed, and it is not owed once more."""
        (self.owed | self._owed(self._by_hand(self.customer))).reconcile()
        self.assertEqual(self.entry.payment_state, "reversed")
        self.assertEqual(self.row.payment_state, "paid")
        self.assertFalse(self._as("finance", self.row).can_make_entry)

    def test_dialog_pays_what_was_approved(self):
        """Not more than open, without a write-off, and not to another person's bank account."""
        books = self._booked_on("expense").id
        off = {"payment_difference_handling": "reconcile", "writeoff_account_id": books}
        for values, words in (
            ({"partner_bank_id": self.bank.id}, "the payee differs"),
            ({"amount": 100.01}, "pay what is open"),
            ({"amount": 99, **off}, "pay what is open"),
        ):
            with self.subTest(values), self.assertRefused(words):
                self._pay_by(**values)
        self.assertEqual(self.row.payment_state, "posted")
        self._pay_by(amount=40)
        with self.assertRefused("pay what is open"):
            self._pay_by(amount=60.01)
        self._pay_by()
        self.assertEqual(self.row.payment_state, "paid")

    def test_altered_draft_is_neither_posted_nor_paid(self):
        """By the button, by a value, by the scheduled action, or paid before posting."""
        self.row = self._approved(partner_id=self.customer.id)
        self.entry = self._as("finance", self.row.sudo().move_id)
        line = self.entry.invoice_line_ids
        self.entry.invoice_line_ids = [Command.update(line.id, {"price_unit": 9999})]
        for post in (
            self.entry.action_post,
            self._pay_by,
            lambda: self.entry.write({"state": "posted"}),
            lambda: self.entry.write({"auto_post": "at_date"}),
        ):
            with self.assertRefused("approved were"):
                post()
        self.assertEqual(self.row.payment_state, "draft")

    def test_cancelled_entry_leaves_none(self):
        self.entry.button_cancel()
        self.assertEqual(self.row.payment_state, "none")
