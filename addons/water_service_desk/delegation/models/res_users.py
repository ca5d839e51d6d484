from odoo import models


class ResUsers(models.Model):
    """Accounts for which a member of the staff was named to act are as his own to him."""

    _inherit = "res.users"

    def _own_accounts(self):
        mine = [("partner_id", "=", self.partner_id.id), ("state", "=", "active")]
        return super()._own_accounts() | self.env["water.account.delegate"].search(mine).account_id
