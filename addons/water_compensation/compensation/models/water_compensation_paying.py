from hashlib import sha256

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class WaterCompensation(models.Model):
    """What is paid is what was approved: to its payee, to his bank, and no more and no less.

    An entry is settled by Odoo's dialog, by lines that somebody matches, by a link of a payment
    without books, or by an entry of finance's own: whichever it is asks here.
    """

    _inherit = "water.compensation"

    def _check_settled_by(self, line):
        """Refuse a line of somebody else's that would settle the entry.

        :param line: account.move.line
        :raises UserError: why
        """
        payment = line.move_id.origin_payment_id
        if payment:
            self._check_paid_by(payment, payment._water_is_of_another_amount())
        elif line.partner_id and not line.partner_id._water_is_same_payee(self.partner_id):
            raise UserError(self._refused_text([self._other_payee_fault()]))

    def _check_paid_by(self, payment, is_another_amount):
        """Refuse a payment that is not what was approved.

        :param payment: account.payment
        :param is_another_amount: whether it is more than is open, or writes off
        :raises UserError: why
        """
        faults = []
        if not payment.partner_id._water_is_same_payee(self.partner_id):
            faults.append(self._other_payee_fault())
        if payment.partner_bank_id and not self._is_approved_bank(payment.partner_bank_id):
            faults.append(self.env._("it is paid to another bank account"))
        if is_another_amount:
            money = formatLang(self.env, self.amount, currency_obj=self.currency_id)
            faults.append(self.env._("approved were %s", money))
        if faults:
            raise UserError(self._refused_text(faults))

    def _other_payee_fault(self):
        return self.env._("somebody else was approved as payee")

    def _is_approved_bank(self, bank):
        """The one of the entry; where it had none, one of the payee's own."""
        known = (self.entry_facts or {}).get("bank")
        if known:
            return known == sha256((bank.sanitized_acc_number or "").encode()).hexdigest()
        return bank.partner_id in self.partner_id | self.partner_id.commercial_partner_id
