from odoo import models


class WaterKeptMixin(models.AbstractModel):
    """Kept records are exported masked and logged, like all records that name customers."""

    _name = "water.kept.mixin"
    _inherit = ["water.kept.mixin", "water.export.mixin"]
