from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_phone_sign_up = fields.Boolean(related="company_id.water_phone_sign_up", readonly=False)
    water_code_template = fields.Char(related="company_id.water_code_template", readonly=False)
