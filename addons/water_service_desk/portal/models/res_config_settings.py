from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_portal_per_user = fields.Integer(
        related="company_id.water_portal_per_user", readonly=False
    )
    water_page_colour = fields.Char(related="company_id.water_page_colour", readonly=False)
