from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_water_use_drills = fields.Boolean(
        "Emergency Drills", implied_group="water_quality.group_use_drills"
    )
