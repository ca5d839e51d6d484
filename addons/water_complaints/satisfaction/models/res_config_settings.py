from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_confirm_days = fields.Integer(related="company_id.water_confirm_days", readonly=False)
