from odoo import models

from .water_compensation import FINANCE


class ResUsers(models.Model):
    _inherit = "res.users"

    def _water_manual_page(self):
        """Payers without a role of the desk get the chapter about finance."""
        page = super()._water_manual_page()
        return page or ("roles/finance/" if self.has_group(FINANCE) else "")
