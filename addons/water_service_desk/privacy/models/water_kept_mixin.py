from odoo import models


class WaterKeptMixin(models.AbstractModel):
    """What the system keeps leaves the house masked and logged, as all that names customers."""

    _name = "water.kept.mixin"
    _inherit = ["water.kept.mixin", "water.export.mixin"]
