from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_retention_years = fields.Integer(
        related="company_id.water_retention_years", readonly=False
    )
