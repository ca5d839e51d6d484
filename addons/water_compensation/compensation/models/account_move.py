from odoo import api, fields, models
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base import windows

MOVE_TYPES = {"customer": "out_refund", "other": "in_invoice"}


class AccountMove(models.Model):
    """The entry of a compensation: finance edits, posts and pays it as any other."""

    _inherit = "account.move"

    water_compensation_id = fields.Many2one(
        "water.compensation",
        string="Compensation",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=fields.NO_ACCESS,
    )
    water_compensation_number = fields.Char(
        string="Compensation Number", related="water_compensation_id.name"
    )

    _water_compensation_uniq = models.UniqueIndex(
        "(water_compensation_id) WHERE water_compensation_id IS NOT NULL AND state <> 'cancel'",
        "This compensation has its entry already.",
    )

    @api.constrains("state", "auto_post")
    def _check_water_compensation(self):
        """Refuse to post an entry that differs from what was approved, or that has to wait.

        :raises UserError: what differs, or why it waits
        """
        for move in self.filtered(lambda row: row.state == "posted" or row.auto_post != "no"):
            move._check_water_approved(move.partner_id | move.partner_bank_id.partner_id)

    def _check_water_approved(self, payees):
        """Refuse another payee, amount, currency or kind of entry than was approved.

        :param payees: res.partner who would be paid
        """
        row = self.water_compensation_id
        if not row:
            return
        row._check_pay(payees)
        kind = (MOVE_TYPES[row.payee_kind], row.currency_id)
        is_same = (self.move_type, self.currency_id) == kind
        if not is_same or self.currency_id.compare_amounts(self.amount_total, row.amount):
            money = formatLang(self.env, row.amount, currency_obj=row.currency_id)
            row._check_faults([self.env._("approved were %s", money)])

    def _water_payment(self):
        """Where the entry of a compensation stands.

        :return: ``(payment_state, paid_on)`` of ``water.compensation``
        """
        if not self or self.state == "cancel":
            return "none", False
        if self.state == "draft":
            return "draft", False
        # Odoo calls a bill "reversed" when a credit note settles it, but no credit note
        back = self.reversal_move_ids.filtered(lambda move: move.state == "posted")
        total = sum(back.mapped("amount_total"))
        is_back = back and self.currency_id.compare_amounts(total, self.amount_total) >= 0
        if is_back or (self.move_type, self.payment_state) == ("in_invoice", "reversed"):
            return "reversed", False
        if self.payment_state not in ("paid", "in_payment", "reversed"):
            return "posted", False
        owed = self.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        others = owed.matched_debit_ids.debit_move_id | owed.matched_credit_ids.credit_move_id
        return "paid", max([self.date, *others.mapped("date")])

    def _post(self, soft=True):
        posted = super()._post(soft)
        # sudo: water.compensation - accountants may post without access to compensations
        known = posted.sudo()
        known.water_compensation_id._after_posted()
        known.reversed_entry_id.water_compensation_id._after_booked_back()
        return posted

    def _invoice_paid_hook(self):
        super()._invoice_paid_hook()
        self.sudo().water_compensation_id._after_paid()

    def action_open_water_compensation(self):
        """Open the compensation that this is the entry of; its own rules apply there."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.sudo().water_compensation_id)
