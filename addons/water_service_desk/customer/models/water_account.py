from odoo import models


class WaterAccount(models.Model):
    _inherit = "water.account"

    def action_customer(self):
        """Open all that is known of the account's customer."""
        self.ensure_one()
        self.check_access("read")
        return self.env["water.customer"]._window(self)
