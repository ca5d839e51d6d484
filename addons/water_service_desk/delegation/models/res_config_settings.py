from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_delegate_invites = fields.Integer(
        related="company_id.water_delegate_invites", readonly=False
    )
