from odoo import fields, models

from odoo.addons.water_service_desk.base.trust import trusted

from .water_compensation import LIVE
from .water_compensation_pricing import WAITING


class WaterAccount(models.Model):
    """Another holder, perhaps since a day that has passed."""

    _inherit = "water.account"

    def write(self, vals):
        done = super().write(vals)
        if "partner_id" in vals:
            # sudo: water.compensation - who enters a holder may not see compensations
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
    # Compensations that wait for a bill continue once it is known.

    def _follow_bill(self):
        # sudo: water.compensation - who enters a bill may not see compensations
        rows = self.env["water.compensation"].sudo()
        waiting = rows.search(
            [
                ("account_id", "in", self.ids),
                ("bill_unknown", "=", True),
                ("state", "in", WAITING),
            ]
        )
        trusted(waiting)._recompute(self.env._("The year's water bill was entered."))

    def _holder_of_bill(self, first, last):
        """Return who paid a bill, and the day the holder changed within it, or False.

        The payer is who held the account at the start of the last billed day: the meter is read for
        the last time on the day a holder moves out.

        :param first: first day that was billed, in the company's time zone
        :param last: day on which the meter was read
        """
        # sudo: res.company, former holders - whose bill it was, for users who see the account
        company, account = self.company_id.sudo(), self.sudo()
        begin = company._water_end_of_day(first)
        end = company._water_end_of_day(fields.Date.subtract(last, days=1))
        inside = account.former_holder_ids.filtered(lambda row: begin < row.until <= end)
        for day in sorted({company._water_today(row.until) for row in inside}):
            holder = account._holder_at(company._water_end_of_day(day))
            if holder != account._holder_at(begin):
                return holder, day
        return account._holder_at(end), False
