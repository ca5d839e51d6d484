from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("compensation", "Compensation: proposed, decided, booked"),
            ("paid", "Compensation paid"),
        ],
        ondelete={
            "compensation": "cascade",
            "paid": "cascade",
        },
    )
