from odoo import models


class WaterReadonlyMixin(models.AbstractModel):
    """Kept records are exported masked and logged, like all records that name customers."""

    _name = "water.readonly.mixin"
    _inherit = ["water.readonly.mixin", "water.export.mixin"]
