from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_message_user_id = fields.Many2one(
        related="company_id.water_message_user_id", readonly=False
    )
    water_unproved_limit = fields.Integer(related="company_id.water_unproved_limit", readonly=False)
