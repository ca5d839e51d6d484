from hashlib import sha256

from odoo import models
from odoo.exceptions import UserError


class AccountPaymentRegister(models.TransientModel):
    """Nothing is paid of a compensation that is held, nor by whoever made its facts."""

    _inherit = "account.payment.register"

    def _create_payments(self):
        # sudo: water.compensation - whoever pays need not see compensations
        rows = self.sudo().line_ids.move_id.water_compensation_id
        for row in rows:
            row._check_pay()
            facts, bank = row.entry_facts or {}, self.partner_bank_id.sanitized_acc_number
            if bank and facts.get("bank") not in (None, "", sha256(bank.encode()).hexdigest()):
                fault = self.env._("it is paid to another bank account")
                raise UserError(row._refused_text([fault]))
        return super()._create_payments()
