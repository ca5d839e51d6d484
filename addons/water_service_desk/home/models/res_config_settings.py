from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_manual_url = fields.Char(related="company_id.water_manual_url", readonly=False)
