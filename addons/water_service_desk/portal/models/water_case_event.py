from odoo import fields, models


class WaterCaseEvent(models.Model):
    """Events of customers' actions and views."""

    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("customer_message", "Message from the customer"),
            ("file_published", "File shown to the customer"),
            ("file_hidden", "File hidden from the customer"),
        ],
        ondelete={
            "customer_message": "cascade",
            "file_published": "cascade",
            "file_hidden": "cascade",
        },
    )
