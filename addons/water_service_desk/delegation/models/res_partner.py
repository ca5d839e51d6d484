from odoo import models

from ..delegation import OPEN_STATES


class ResPartner(models.Model):
    """Ends the delegations of archived contacts."""

    _inherit = "res.partner"

    def write(self, vals):
        """End the delegations of an archived contact, given and received."""
        done = super().write(vals)
        if vals.get("active") is False:
            self._water_end_delegations()
        return done

    def _named_in(self):
        return [*super()._named_in(), ("water.account.delegate", "partner_id")]

    def _water_end_delegations(self):
        # sudo: water.account.delegate, water.account - archiving a contact ends rights in any case
        delegates = self.env["water.account.delegate"].sudo()
        held = delegates.search([("holder_id", "in", self.ids), ("state", "in", OPEN_STATES)])
        held.account_id._end_delegations()
        acting = delegates.search([("partner_id", "in", self.ids), ("state", "=", "active")])
        acting._end("ended", "resigned")

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        delegates = self.env["water.account.delegate"]
        delegates.search([("partner_id", "=", self.id)])._erase_person()
        delegates.search([("holder_id", "=", self.id)])._erase_news()
