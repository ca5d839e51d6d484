from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("notified", "Customer notified"),
            ("confirmed", "Confirmed by the customer"),
            ("rejected", "Not accepted"),
            ("archived", "Archived"),
        ],
        ondelete={
            "notified": "cascade",
            "confirmed": "cascade",
            "rejected": "cascade",
            "archived": "cascade",
        },
    )
