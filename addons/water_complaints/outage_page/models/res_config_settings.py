from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The street map of outages in the settings."""

    _inherit = "res.config.settings"

    water_tile_url = fields.Char(related="company_id.water_tile_url", readonly=False)
    water_tile_credit = fields.Char(related="company_id.water_tile_credit", readonly=False)
