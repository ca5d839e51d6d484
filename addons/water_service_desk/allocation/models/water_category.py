from odoo import fields, models


class WaterCategory(models.Model):
    """Some matters go to the station of the zone, others to the department of the category."""

    _inherit = "water.category"

    by_zone = fields.Boolean(
        string="To the Zone's Station",
        help="Sent to the station of the supply zone first; without one, to the lead department.",
    )
