from odoo import models
from odoo.exceptions import UserError


class WaterCall(models.TransientModel):
    _inherit = "water.call"

    def action_customer(self):
        """Open the caller's page; the call stays as it is.

        :raises UserError: if no caller is found
        """
        self.ensure_one()
        self.check_access("read")
        subject = self.account_id or self.partner_id
        if not subject:
            raise UserError(self.env._("Say who calls first."))
        return self.env["water.customer"]._window(subject)
