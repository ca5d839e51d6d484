from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_appeal_days = fields.Integer(related="company_id.water_appeal_days", readonly=False)
    water_receipt_days = fields.Integer(related="company_id.water_receipt_days", readonly=False)
    water_review_days = fields.Integer(related="company_id.water_review_days", readonly=False)
    water_panel_days = fields.Integer(related="company_id.water_panel_days", readonly=False)
