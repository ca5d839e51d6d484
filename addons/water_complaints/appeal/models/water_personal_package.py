from odoo import api, models
from odoo.fields import Domain


class WaterPersonalPackage(models.AbstractModel):
    """Leave the appeals of other customers about one's own case out of one's own package."""

    _inherit = "water.personal.package"

    @api.model
    def _domain(self, model, person, owners):
        domain = super()._domain(model, person, owners)
        if model._name != "water.appeal":
            return domain
        mine = Domain("appellant_case_id", "in", owners["water.complaint"].ids)
        return domain & (mine | Domain("appellant_case_id", "=", False))
