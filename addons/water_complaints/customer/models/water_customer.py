from odoo import api, models
from odoo.fields import Domain

#: Incidents at the customer's addresses that are told of.
INCIDENTS = 3


class WaterCustomer(models.AbstractModel):
    """Show on the customer's page the open incidents at the customer's addresses."""

    _inherit = "water.customer"

    _windows = {"water.complaint": "water_complaints.action_customer_complaint"}

    @api.model
    def _alerts(self, scope):
        return [*self._incident_alerts(scope), *super()._alerts(scope)]

    @api.model
    def _incident_alerts(self, scope):
        """Return the incidents at the customer's accounts, which agents must see first."""
        incidents = self.env["water.incident"]
        if not scope.accounts or not incidents.has_access("read"):
            return []
        here = Domain("zone_ids", "in", scope.accounts.zone_id.ids)
        here |= Domain("account_ids", "in", scope.accounts.ids)
        running = incidents.search(here & Domain("state", "=", "open"), limit=INCIDENTS)
        return [incident._spoken_alert() for incident in running]
