from odoo import models


class WaterCaseLinkMixin(models.AbstractModel):
    """What belongs to a case leaves the house masked and logged, as the case itself."""

    _name = "water.case.link.mixin"
    _inherit = ["water.case.link.mixin", "water.export.mixin"]
