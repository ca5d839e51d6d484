from odoo import api, models


class AccountPartialReconcile(models.Model):
    """However the entry of a compensation is settled, what keeps it from being paid keeps it.

    Odoo's dialogs, and whoever writes the match himself, make such a row.
    """

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        lines = self.env["account.move.line"]
        for vals in vals_list:
            numbers = (vals.get("debit_move_id"), vals.get("credit_move_id"))
            known = [number if isinstance(number, int) else 0 for number in numbers]
            self._check_water_settled(*(lines.browse(number).exists() for number in known))
        return super().create(vals_list)

    def write(self, vals):
        result = super().write(vals)
        if {"debit_move_id", "credit_move_id"} & vals.keys():
            for match in self:
                self._check_water_settled(match.debit_move_id, match.credit_move_id)
        return result

    @api.model
    def _check_water_settled(self, debit, credit):
        """Refuse to settle what is held, and by what is not for its payee; a reversal takes back
        and pays nobody.

        :param debit: the two lines that settle each other
        """
        # sudo: water.compensation - whoever settles need not see compensations
        debit, credit = debit.sudo(), credit.sudo()
        debit.move_id._check_water_settled_by(credit)
        credit.move_id._check_water_settled_by(debit)
