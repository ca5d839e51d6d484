from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_repeat_days = fields.Integer(related="company_id.water_repeat_days", readonly=False)
    water_repeat_contacts = fields.Integer(
        related="company_id.water_repeat_contacts", readonly=False
    )
