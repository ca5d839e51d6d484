from odoo import api, models


class WaterAppeal(models.Model):
    """What has been destroyed can be reviewed by nobody."""

    _inherit = "water.appeal"

    @api.model
    def _check_appealable(self, case):
        case._appealed_case()._check_not_destroyed()
        super()._check_appealable(case)
