from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_reveal_limit = fields.Integer(related="company_id.water_reveal_limit", readonly=False)
    water_export_limit = fields.Integer(related="company_id.water_export_limit", readonly=False)
