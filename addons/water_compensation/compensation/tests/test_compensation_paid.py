from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationPaid(CompensationCommon):
    """What is paid is what was approved, by whichever of Odoo's ways finance settles the entry."""

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

    def _payment(self, **values):
        """One without books of its own: it settles by a link alone."""
        payments = self._as("finance", self.env["account.payment"])
        payment = payments.create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 100,
                "invoice_ids": [Command.link(self.entry.id)],
                **values,
            }
        )
        payment.outstanding_account_id = False
        return payment

    def _refused(self, words="somebody else was approved"):
        return self.assertRefused(words)

    def assertOpen(self):
        self.assertEqual(self.row.payment_state, "posted")

    # -- by an entry ---------------------------------------------------------------------------

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

    def test_what_claims_to_be_a_reversal(self):
        """An entry that takes nothing back makes nothing owed again, and pays nobody else."""
        self._pay(self.row)
        move = self._by_hand(self.stranger)
        move.button_draft()
        move.reversed_entry_id = self.entry
        move.action_post()
        self.assertEqual(self.row.payment_state, "paid")

    def test_entry_of_somebody_else(self):
        """What was paid to a stranger settles nothing, matched by a button or a row."""
        paid = self._owed(self._by_hand(self.stranger))
        with self._refused():
            (self.owed | paid).reconcile()
        rows = self._as("finance", self.env["account.partial.reconcile"])
        money = dict.fromkeys(("amount", "debit_amount_currency", "credit_amount_currency"), 7)
        match = {"debit_move_id": paid.id, "credit_move_id": self.owed.id, **money}
        with self._refused():
            rows.create(match)
        mine = self._owed(self._by_hand(self.stranger, 7))
        own = self._owed(self._by_hand(self.customer, 7))
        match = rows.create({**match, "debit_move_id": own.id})
        with self._refused():
            match.debit_move_id = mine
        self.assertOpen()

    # -- by a payment --------------------------------------------------------------------------

    def test_payment_by_a_link(self):
        """It is asked for what any other is: who is paid, on which bank, and how much."""
        for values, words in (
            ({"partner_id": self.stranger.id}, "somebody else was approved"),
            ({"partner_bank_id": self.bank.id}, "another bank account"),
            ({"amount": 100.01}, "approved were"),
        ):
            with self.subTest(words), self._refused(words):
                self._payment(**values).action_post()
        self.assertOpen()
        payment = self._payment()
        payment.action_post()
        self.assertEqual(self.row.payment_state, "paid")
        with self._refused("another bank account"):
            payment.partner_bank_id = self.bank
        with self._refused("approved were"):  # it is paid once
            self._payment().action_post()
        payment.action_validate()
        self.assertEqual(self.row.payment_state, "paid")

    def test_held_is_not_paid_by_a_link(self):
        """Nor is what waits, whether the payment names the entry or the entry the payment."""
        free = self._payment(invoice_ids=False)
        free.action_post()
        self._as("supervisor", self.row)._withdraw("搞错了")
        for pays in (
            lambda: self._payment().action_post(),
            lambda: free.write({"invoice_ids": [Command.link(self.entry.id)]}),
            lambda: self.entry.write({"matched_payment_ids": [Command.link(free.id)]}),
        ):
            with self._refused("not approved any more"):
                pays()
        self.assertNotEqual(self.row.payment_state, "paid")

    def test_bank_of_somebody_else(self):
        """Whoever had no bank account when it was approved is paid on one of his own alone."""
        wizards = self._as("finance", self.env["account.payment.register"]).with_context(
            active_model="account.move", active_ids=self.entry.ids
        )
        below = self.env["res.partner"].create({"name": "x", "parent_id": self.customer.id})
        theirs = {"partner_id": below.id, "acc_number": "6222 8888"}
        others = self.bank | trusted(self.bank).copy(theirs).with_env(self.env)
        for bank in others:
            with self.subTest(bank.partner_id.name), self._refused("another bank account"):
                wizards.create({"partner_bank_id": bank.id}).action_create_payments()
        self.assertOpen()
        self._pay(self.row)
        self.assertEqual(self.row.payment_state, "paid")

    # -- by a value ----------------------------------------------------------------------------

    def test_nothing_is_paid_by_a_value(self):
        """What Odoo works out nobody writes: what is open, and what is paid."""
        for records, values in (
            (self.entry, {"amount_residual": 0}),
            (self.entry, {"payment_state": "paid"}),
            (self.owed, {"amount_residual": 0, "reconciled": True}),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(AccessError, "by the system"):
                records.write(values)
        self.entry.action_toggle_block_payment()
        self.entry.action_toggle_block_payment()
        self.assertOpen()

    def test_settled_is_not_taken_out_of_the_books(self):
        """Cancelled or deleted, it would be owed once more, and what has paid it lost."""
        (self.owed | self._owed(self._by_hand(self.customer))).reconcile()
        with self._refused("take back what settles"):
            self.entry.state = "cancel"
        with self._refused("take back what settles"):
            self.entry.with_context(force_delete=True).unlink()
        self.assertEqual(self.row.payment_state, "paid")
        self.owed.remove_move_reconcile()
        self.entry.button_draft()
        self.entry.button_cancel()
        self.assertEqual(self.row.payment_state, "none")

    def test_cancelled_by_a_value(self):
        """What is booked is cancelled by Odoo's button, which asks whether it may be a draft."""
        with self.assertRaisesRegex(AccessError, "by the system"):
            self.entry.state = "cancel"
        self.assertOpen()
        self.entry.button_cancel()
        self.assertEqual((self.entry.state, self.row.payment_state), ("cancel", "none"))

    def test_reversal_put_back_by_a_value(self):
        """What goes by the payment hears of it as when the button was pressed."""
        back = self.entry._reverse_moves(cancel=True)
        self.assertEqual(self.row.payment_state, "reversed")
        for state in ("draft", "cancel"):
            with patch.object(type(self.row), "_follow_booking", autospec=True) as heard:
                back.state = state
            self.assertEqual([call.args[0] for call in heard.call_args_list], [self.row])
        self.assertNotEqual(self.row.payment_state, "reversed")

    def test_posted_by_a_value(self):
        """A draft that was altered is posted by no way; nor is any by whoever approved it."""
        row = self._approved(partner_id=self.customer.id)
        entry = self._as("finance", row.sudo().move_id)
        line = entry.invoice_line_ids
        entry.write({"invoice_line_ids": [Command.update(line.id, {"price_unit": 9999})]})
        with self._refused("approved were"):
            entry.state = "posted"
        self.assertEqual(row.payment_state, "draft")
