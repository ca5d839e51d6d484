from odoo import fields, models


class WaterCaseEvent(models.Model):
    """Events of setting out."""

    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[("visit_on_way", "On the way to the customer")],
        ondelete={"visit_on_way": "cascade"},
    )
