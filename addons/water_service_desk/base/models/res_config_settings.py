from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_hotline = fields.Char(related="company_id.water_hotline", readonly=False)
