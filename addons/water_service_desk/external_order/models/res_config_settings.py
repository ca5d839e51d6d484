from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_return_days = fields.Integer(related="company_id.water_return_days", readonly=False)
