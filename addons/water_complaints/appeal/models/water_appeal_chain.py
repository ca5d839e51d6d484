from odoo import fields, models


class WaterAppeal(models.Model):
    """The appeal's own chain of events, apart from that of the filed complaint."""

    _name = "water.appeal"
    _inherit = ["water.appeal", "water.chain.mixin"]
    _chain_event = "water.appeal.event"

    event_ids = fields.One2many("water.appeal.event", "appeal_id", string="Events")
    event_count = fields.Integer(string="Number of Events")
