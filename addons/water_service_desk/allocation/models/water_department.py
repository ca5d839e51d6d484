from odoo import api, models


class WaterDepartment(models.Model):
    """A station is missed in its zones when it is closed."""

    _inherit = "water.department"

    @api.model
    def _of_emergencies(self, company):
        # sudo: water.zone - as for categories
        zones = self.env["water.zone"].sudo().search([("company_id", "in", (False, company.id))])
        return super()._of_emergencies(company) | zones.department_id.filtered("active")

    def _leading_here(self):
        # sudo: water.zone - whoever closes a station may have it said where it is missed
        zones = self.env["water.zone"].sudo().search([("department_id", "in", self.ids)])
        return [*super()._leading_here(), zones]
