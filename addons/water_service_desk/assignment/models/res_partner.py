from odoo import models


class ResPartner(models.Model):
    """Members of the staff who are customers as well."""

    _inherit = "res.partner"

    def _forget_own_matters(self):
        """Clear the cached ownership of cases if one of the contacts is staff."""
        # sudo: res.partner - only whether they are staff is read
        if not all(self.sudo().mapped("partner_share")):
            self.env.registry.clear_cache()
