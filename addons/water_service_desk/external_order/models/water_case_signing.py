from datetime import timedelta

from odoo import models


class WaterCaseMixin(models.AbstractModel):
    """Signing an order has a clock of its own where its body gives a limit for it (domain 3.4)."""

    _inherit = "water.case.mixin"

    _clock_events = {"external_signed": ("sign",)}

    def _start_first_clocks(self):
        super()._start_first_clocks()
        self._start_sign_clock()

    def _on_order(self, before, vals):
        super()._on_order(before, vals)
        if vals.get("external_ref"):
            self._start_sign_clock()

    def _start_sign_clock(self):
        """Whoever has not signed an open order yet has until the limit of its body."""
        rows = []
        for case in self.sudo().filtered(lambda row: row._waits_for_signing()):
            limit = timedelta(minutes=case.channel_id.sign_minutes)
            rows.append(case._given_clock("sign", case.received_at + limit, case.external_source))
        self.env["water.deadline"]._start(rows)

    def _waits_for_signing(self):
        runs = "sign" in self.deadline_ids.mapped("kind")
        unsigned = self.external_state == "open" and not self.external_signed_at
        return unsigned and not runs and self.channel_id.sign_minutes > 0

    def _hand_over(self, user, reason):
        """Whoever gives an order to somebody has taken it for the house: it is signed."""
        super()._hand_over(user, reason)
        self._sign_taken()

    def _sign_taken(self):
        """Somebody has seen to it that these orders are handled: that signs them."""
        self.filtered(
            lambda case: case.external_state == "open" and not case.external_signed_at
        )._sign()
