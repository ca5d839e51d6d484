from odoo import models


class AccountPaymentRegister(models.TransientModel):
    """Nothing is paid of a compensation that is held, nor by whoever made its facts."""

    _inherit = "account.payment.register"

    def _create_payments(self):
        # sudo: water.compensation - whoever pays need not see compensations
        rows = self.sudo().line_ids.move_id.water_compensation_id
        for row in rows:
            row._check_pay()
        return super()._create_payments()
