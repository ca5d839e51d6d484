from odoo import fields, models
from odoo.fields import Domain


class WaterCall(models.TransientModel):
    _inherit = "water.call"

    demand = fields.Char(help="What the customer asks for; a complaint needs it.")

    def _alerts(self):
        """What goes on at the caller's address comes first (S2.1.0)."""
        return [incident._spoken_alert() for incident in self._incidents()] + super()._alerts()

    def _incidents(self):
        """Incidents and planned outages at the caller's address that are not over yet."""
        incidents = self.env["water.incident"]
        if not self.account_id:
            return incidents
        here = Domain("zone_ids", "in", self.account_id.zone_id.ids)
        here |= Domain("account_ids", "in", self.account_id.ids)
        return incidents.search(here & Domain("state", "=", "open"), limit=3)

    def action_register_complaint(self):
        """Register a complaint and go straight on to reading it back (S3.2.1d)."""
        case = self._register_case(
            "water.complaint", demand=self.demand, occurred_at=self.occurred_at
        )
        return case.action_readback()
