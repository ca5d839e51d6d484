from odoo import api, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.locks import force_conflict

from .water_compensation import LIVE


class WaterAccountChange(models.Model):
    """Money waits for a change from the moment at which it is made."""

    _inherit = "water.account.change"

    @api.model
    def _keep(self, kind, rows):
        """Force a restart of concurrent decisions and payments, so that they see the change."""
        changes = super()._keep(kind, rows)
        known = changes.sudo()
        if known:
            about = Domain("account_id", "in", known.account_id.ids)
            about |= Domain("partner_id", "in", known.partner_id._water_same_payee().ids)
            waits = Domain("state", "in", LIVE) & Domain("payment_state", "!=", "paid")
            # sudo: water.compensation - they do not change
            force_conflict(self.env["water.compensation"].sudo().search(about & waits))
        return changes
