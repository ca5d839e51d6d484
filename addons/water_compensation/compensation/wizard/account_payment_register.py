from odoo import models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _create_payments(self):
        """Pay entries of compensations to their payees, and no more than is open.

        :raises UserError: why the entry is not paid, or not like this
        """
        # sudo: water.compensation - payers may not see compensations
        moves = self.sudo().line_ids.move_id.filtered("water_compensation_id")
        for move in moves:
            payees = move.partner_id | (move.partner_bank_id | self.partner_bank_id).partner_id
            move._check_water_approved(payees)
        left = self.payment_difference
        if moves and (left < 0 or (left and self.payment_difference_handling == "reconcile")):
            fault = self.env._("pay what is open, no more, and write nothing off")
            moves.water_compensation_id[0]._check_faults([fault])
        return super()._create_payments()
