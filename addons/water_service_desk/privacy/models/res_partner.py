from odoo import models


class ResPartner(models.Model):
    """Contacts are named to nobody who may not read them."""

    _inherit = "res.partner"

    def write(self, vals):
        """As Odoo does, which names whoever signs in as an archived contact before it asks for the
        right to archive it: by one number after the other everybody read the customers' names.
        """
        if vals.get("active") is False:
            self.check_access("write")
        return super().write(vals)
