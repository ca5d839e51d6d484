from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_water_customer(self):
        """Open all that the service knows of the contact."""
        self.ensure_one()
        self.check_access("read")
        return self.env["water.customer"]._window(self)
