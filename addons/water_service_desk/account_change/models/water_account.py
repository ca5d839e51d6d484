from odoo import models

from ...base.trust import is_trusted


class WaterAccount(models.Model):
    """Another holder is a change that money waits for."""

    _inherit = "water.account"

    def write(self, vals):
        """Log the former holder and contact data with a change of holder."""
        if "partner_id" not in vals or is_trusted(self.env):
            return super().write(vals)
        # sudo: res.partner - how the former holder was reached is kept, never shown here
        before = {account: account.partner_id for account in self.sudo()}
        done = super().write(vals)
        rows = [
            account._holder_change(old)
            for account, old in before.items()
            if account.partner_id != old
        ]
        self.env["water.account.change"]._keep("holder", rows)
        return done

    def _holder_change(self, old):
        """Values of the change of the holder from ``old`` to the present one."""
        return {
            **old._water_former(),
            "account_id": self.id,
            "company_id": self.company_id.id,
            "names": "partner_id",
            "before": old.display_name,
            "after": self.partner_id.display_name,
            "is_staff": bool(self.partner_id._water_staff_behind()),
        }
