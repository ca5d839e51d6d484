from odoo import models


class WaterDepartment(models.Model):
    """A station is missed in its zones when it is closed."""

    _inherit = "water.department"

    def _leading_here(self):
        # sudo: water.zone - whoever closes a station may have it said where it is missed
        zones = self.env["water.zone"].sudo().search([("department_id", "in", self.ids)])
        return [*super()._leading_here(), zones]
