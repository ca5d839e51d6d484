from odoo import fields, models


class WaterCaseEvent(models.Model):
    """Events of the customer's access to a case."""

    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("query_code_issued", "Secret code issued"),
        ],
        ondelete={
            "query_code_issued": "cascade",
        },
    )
