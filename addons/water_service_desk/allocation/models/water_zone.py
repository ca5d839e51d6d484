from odoo import fields, models


class WaterZone(models.Model):
    """A zone has a station."""

    _inherit = "water.zone"

    department_id = fields.Many2one(
        "water.department",
        string="Station",
        help="Gets what happens in the zone, of the categories that go by zone.",
    )
