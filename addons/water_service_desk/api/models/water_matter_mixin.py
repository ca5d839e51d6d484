from odoo import models


class WaterMatterMixin(models.AbstractModel):
    """What apps of customers are told of a case that is handled with another one."""

    _inherit = "water.matter.mixin"

    def _api_state(self):
        """Apps of customers are told neither that it is closed while the matter runs."""
        values, lead = super()._api_state(), self._lead_case()
        return {**values, "closed_at": lead._api_state()["closed_at"]} if lead else values
