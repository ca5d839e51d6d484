from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.turns import meet

from .water_compensation import LIVE


class WaterAccountChange(models.Model):
    """Money waits for a change from the moment at which it is made."""

    _inherit = "water.account.change"

    @api.model
    def _keep(self, kind, rows):
        """Whoever decides on the money or pays it at this very moment starts again and sees it."""
        changes = super()._keep(kind, rows)
        known = changes.sudo()
        if known:
            about = Domain("account_id", "in", known.account_id.ids)
            about |= Domain("partner_id", "in", known.partner_id._water_same_payee().ids)
            waits = Domain("state", "in", LIVE) & Domain("payment_state", "!=", "paid")
            # sudo: water.compensation - nothing of them changes
            meet(self.env["water.compensation"].sudo().search(about & waits))
        return changes

    def _hands(self):
        """Nor is he a second person who has changed lately for how many days money waits."""
        company = self.company_id
        since = fields.Datetime.subtract(self.at, days=max(company.water_setting_days, 1))
        changed = self.env["water.setting.change"]._of(company)
        changed = changed.filtered(
            lambda row: row.at >= since and "water_freeze_days" in (row.values or {})
        )
        people = changed.user_id.filtered(lambda user: user.id != SUPERUSER_ID)
        return super()._hands() | people
