from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_receipt_days = fields.Integer(related="company_id.water_receipt_days", readonly=False)
    water_review_days = fields.Integer(related="company_id.water_review_days", readonly=False)
    water_panel_days = fields.Integer(related="company_id.water_panel_days", readonly=False)
    water_confirm_days = fields.Integer(related="company_id.water_confirm_days", readonly=False)
    water_authority = fields.Char(related="company_id.water_authority", readonly=False)
    water_incident_cases = fields.Integer(related="company_id.water_incident_cases", readonly=False)
    water_incident_minutes = fields.Integer(
        related="company_id.water_incident_minutes", readonly=False
    )
