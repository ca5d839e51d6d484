from odoo import fields, models


class WaterCaseMixin(models.AbstractModel):
    """Evidence of what happened to a case: an append-only, hash-chained event log."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.chain.mixin"]
    _chain_event = "water.case.event"

    event_ids = fields.One2many("water.case.event", string="Events")
