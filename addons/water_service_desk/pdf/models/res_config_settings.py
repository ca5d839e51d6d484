from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_seal = fields.Image(related="company_id.water_seal", readonly=False)
