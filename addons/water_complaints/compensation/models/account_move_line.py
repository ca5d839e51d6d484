from odoo import models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """Nothing settles the entry of a compensation that is held, by whatever door it is paid.

    What takes it back is no payment.
    """

    _inherit = "account.move.line"

    def reconcile(self):
        """Settle the lines as Odoo does.

        :raises UserError: for the entry of a compensation that is held
        """
        moves = self.sudo().move_id
        if not moves.reversed_entry_id:
            # sudo: water.compensation - whoever pays need not see compensations
            for row in moves.water_compensation_id.filtered("is_held"):
                raise UserError(row._refused_text([row._hold_fault()]))
        return super().reconcile()
