from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_call_keep_days = fields.Integer(related="company_id.water_call_keep_days", readonly=False)
