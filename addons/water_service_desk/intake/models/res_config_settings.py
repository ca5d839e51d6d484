from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_upload_max_files = fields.Integer(
        related="company_id.water_upload_max_files", readonly=False
    )
    water_upload_max_mb = fields.Integer(related="company_id.water_upload_max_mb", readonly=False)
