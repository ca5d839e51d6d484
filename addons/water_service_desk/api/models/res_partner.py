from odoo import models

from ...base.trust import trusted


class ResPartner(models.Model):
    """Erase the references by which apps know the contact (PIPL art. 47)."""

    _inherit = "res.partner"

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        known = self.env["water.api.customer"].search([("partner_id", "=", self.id)])
        trusted(known).unlink()
