from odoo import fields, models


class WaterOutageMinutes(models.Model):
    """Minutes without supply × households, per zone and month (户均停水分钟, domain 5).

    Planned and unplanned outages apart. Counted at the end of an incident, and again when its
    facts, or those of another one in the same time, are corrected: no household is without water
    twice in a minute.
    """

    _name = "water.outage.minutes"
    _inherit = ["water.readonly.mixin", "water.mixin"]
    _description = "Minutes without Supply"
    _order = "month desc, zone_id, id"
    _rec_name = "incident_id"

    incident_id = fields.Many2one(
        "water.incident", required=True, readonly=True, index=True, ondelete="restrict"
    )
    zone_id = fields.Many2one("water.zone", string="Supply Zone", readonly=True, index=True)
    month = fields.Date(required=True, readonly=True, index=True)
    is_planned = fields.Boolean(string="Planned", readonly=True)
    minutes = fields.Integer(readonly=True)
    households = fields.Integer(readonly=True)
    household_minutes = fields.Integer(
        string="Minutes × Households",
        readonly=True,
        help="Households that another incident counts for the same minutes are left out.",
    )
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)
