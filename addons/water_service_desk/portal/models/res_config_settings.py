from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_portal_per_user = fields.Integer(
        related="company_id.water_portal_per_user", readonly=False
    )
