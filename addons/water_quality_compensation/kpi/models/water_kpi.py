from odoo import api, models


class WaterKpi(models.Model):
    """Compensations are counted by department and zone."""

    _inherit = "water.kpi"

    @api.model
    def _sources(self):
        owed = {"department": ("department_id",), "zone": ("zone_id",)}
        return super()._sources() | {"water.compensation": owed}
