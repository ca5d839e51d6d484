from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_freeze_days = fields.Integer(related="company_id.water_freeze_days", readonly=False)
