from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_incident_cases = fields.Integer(related="company_id.water_incident_cases", readonly=False)
    water_incident_minutes = fields.Integer(
        related="company_id.water_incident_minutes", readonly=False
    )
    water_repeat_days = fields.Integer(related="company_id.water_repeat_days", readonly=False)
    water_repeat_contacts = fields.Integer(
        related="company_id.water_repeat_contacts", readonly=False
    )
