from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_call_greeting = fields.Text(related="company_id.water_call_greeting", readonly=False)
    water_call_per_user = fields.Integer(related="company_id.water_call_per_user", readonly=False)
