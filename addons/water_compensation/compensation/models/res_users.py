from odoo import models

from .water_compensation import FINANCE


class ResUsers(models.Model):
    _inherit = "res.users"

    def _water_manual_page(self):
        """Whoever pays and has no role of the desk reads the chapter of finance."""
        page = super()._water_manual_page()
        return page or ("roles/finance/" if self.has_group(FINANCE) else "")
