from odoo import models

from ...base.trust import trusted


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """An app reads no account that was not proved to it: not by a merging of contacts either."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Drop app references when contacts with accounts are merged."""
        # sudo: res.partner, water.api.customer - references are checked for every user
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        paid = partners._water_paid()
        if paid:
            unproved = [("partner_id", "in", (partners - paid).ids)]
            trusted(self.env["water.api.customer"].sudo().search(unproved)).unlink()
        return super()._merge(partner_ids, dst_partner, extra_checks)
