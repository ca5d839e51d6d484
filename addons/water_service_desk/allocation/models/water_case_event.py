from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[("allocated", "Shared out by its queue")],
        ondelete={"allocated": "cascade"},
    )
