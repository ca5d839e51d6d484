from odoo import models
from odoo.exceptions import UserError


class AccountPaymentRegister(models.TransientModel):
    """Nothing is paid of a compensation that is held."""

    _inherit = "account.payment.register"

    def _create_payments(self):
        # sudo: water.compensation - whoever pays need not see compensations
        rows = self.sudo().line_ids.move_id.water_compensation_id
        for row in rows.filtered("is_held"):
            raise UserError(row._refused_text([row._hold_fault()]))
        return super()._create_payments()
