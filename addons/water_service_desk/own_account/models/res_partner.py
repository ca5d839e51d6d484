from odoo import models


class ResPartner(models.Model):
    """Removes the telephone login of an erased customer."""

    _inherit = "res.partner"

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        self.with_context(active_test=False).user_ids.water_phone = False
