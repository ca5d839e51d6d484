from odoo import models
from odoo.exceptions import AccessError

from .account_move import WORKED_OUT


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        # sudo: water.compensation - accountants may post without access to compensations
        if WORKED_OUT & vals.keys() and self.sudo().move_id.water_compensation_id:
            raise AccessError(self.env._("This is kept by the system."))
        return super().write(vals)
