from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_call_from = fields.Float(related="company_id.water_call_from", readonly=False)
    water_call_until = fields.Float(related="company_id.water_call_until", readonly=False)
    water_call_attempts = fields.Integer(related="company_id.water_call_attempts", readonly=False)
