from odoo import models

from ...base.trust import trusted


class ResPartner(models.Model):
    """By what an app knew him nobody is known again once he was erased (PIPL art. 47)."""

    _inherit = "res.partner"

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        known = self.env["water.api.customer"].search([("partner_id", "=", self.id)])
        trusted(known).unlink()
