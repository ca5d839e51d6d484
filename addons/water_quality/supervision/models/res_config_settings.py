from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Supervision in the settings."""

    _inherit = "res.config.settings"

    water_supervision_phone = fields.Char(
        related="company_id.water_supervision_phone", readonly=False
    )
    water_supervision_days = fields.Integer(
        related="company_id.water_supervision_days", readonly=False
    )
