from odoo import fields, models


class WaterCaseEvent(models.Model):
    """What happens to orders of other bodies."""

    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("external_returned", "Order returned to its body"),
            ("external_answered", "Order answered to its body"),
            ("external_rehandled", "Order to be handled again"),
        ],
        ondelete={
            "external_returned": "cascade",
            "external_answered": "cascade",
            "external_rehandled": "cascade",
        },
    )
