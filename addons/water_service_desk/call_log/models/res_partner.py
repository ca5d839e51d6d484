from odoo import models

from ...base.trust import trusted


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _erase_around(self, scrubber, reason):
        """Remove an erased person from calls; the calls stay for figures."""
        super()._erase_around(scrubber, reason)
        # sudo: water.call.record - of the person who is erased, checked by the caller
        calls = trusted(self.env["water.call.record"].sudo())
        mine = calls.search([("partner_id", "=", self.id)])
        mine.write({"phone": False, "partner_id": False})
