from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_authority = fields.Char(related="company_id.water_authority", readonly=False)
