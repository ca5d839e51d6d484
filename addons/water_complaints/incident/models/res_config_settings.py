from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_planned_hours = fields.Integer(related="company_id.water_planned_hours", readonly=False)
    water_planned_long = fields.Integer(related="company_id.water_planned_long", readonly=False)
    water_planned_long_hours = fields.Integer(
        related="company_id.water_planned_long_hours", readonly=False
    )

    water_incident_cases = fields.Integer(related="company_id.water_incident_cases", readonly=False)
    water_incident_minutes = fields.Integer(
        related="company_id.water_incident_minutes", readonly=False
    )
    water_repair_hours = fields.Integer(related="company_id.water_repair_hours", readonly=False)
    water_repair_hours_large = fields.Integer(
        related="company_id.water_repair_hours_large", readonly=False
    )
    water_repair_large_above = fields.Integer(
        related="company_id.water_repair_large_above", readonly=False
    )
