from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_visit_notice_hours = fields.Integer(
        related="company_id.water_visit_notice_hours", readonly=False
    )
    water_visit_cutoff_hours = fields.Integer(
        related="company_id.water_visit_cutoff_hours", readonly=False
    )
    water_visit_window_hours = fields.Integer(
        related="company_id.water_visit_window_hours", readonly=False
    )
    water_visit_days = fields.Integer(related="company_id.water_visit_days", readonly=False)
