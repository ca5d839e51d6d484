from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_calendar_id = fields.Many2one(related="company_id.water_calendar_id", readonly=False)
    water_pause_days = fields.Integer(related="company_id.water_pause_days", readonly=False)
    water_extension_times = fields.Integer(
        related="company_id.water_extension_times", readonly=False
    )
    water_extension_days = fields.Integer(related="company_id.water_extension_days", readonly=False)
    water_desk_head_id = fields.Many2one(related="company_id.water_desk_head_id", readonly=False)
    water_vice_president_id = fields.Many2one(
        related="company_id.water_vice_president_id", readonly=False
    )
    water_general_manager_id = fields.Many2one(
        related="company_id.water_general_manager_id", readonly=False
    )
