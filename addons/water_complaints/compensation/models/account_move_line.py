from odoo import models


class AccountMoveLine(models.Model):
    """However the entry of a compensation is settled, what keeps it from being paid keeps it."""

    _inherit = "account.move.line"

    def reconcile(self):
        """Refuse to settle what is held; a reversal takes back and pays nobody."""
        # sudo: water.compensation - whoever settles need not see compensations
        for move in self.sudo().move_id.filtered("water_compensation_id"):
            others = self.sudo().move_id - move - move.reversal_move_ids
            if move.state == "posted" and others - move.reversed_entry_id:
                move.water_compensation_id._check_pay()
        return super().reconcile()
