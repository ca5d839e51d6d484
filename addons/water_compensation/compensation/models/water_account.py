from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted

from .water_compensation import LIVE
from .water_compensation_pricing import WAITING


class WaterAccount(models.Model):
    """Another holder, perhaps since a day that has passed."""

    _inherit = "water.account"

    def write(self, vals):
        done = super().write(vals)
        if "partner_id" in vals:
            # sudo: water.compensation - whoever enters a holder need not see compensations
            rows = self.env["water.compensation"].sudo()
            waiting = rows.search(
                [
                    ("account_id", "in", self.ids),
                    ("state", "in", LIVE),
                    ("payment_state", "not in", ("posted", "paid")),
                ]
            )
            trusted(waiting)._follow_holder()
        if "annual_water_bill" in vals:
            self._follow_bill()
        return done

    # -- compensation bill ---------------------------------------------------------------------
    # A bill that becomes known is what the waiting compensations have asked for.

    def _follow_bill(self):
        # sudo: water.compensation - whoever enters a bill need not see compensations
        rows = self.env["water.compensation"].sudo()
        waiting = rows.search(
            [
                ("account_id", "in", self.ids),
                ("bill_unknown", "=", True),
                ("state", "in", WAITING),
            ]
        )
        trusted(waiting)._recompute(self.env._("The year's water bill was entered."))
