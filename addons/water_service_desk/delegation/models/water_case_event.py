from odoo import fields, models


class WaterCaseEvent(models.Model):
    """Events of delegates."""

    _inherit = "water.case.event"

    _erased_parts = frozenset({"delegation"})

    kind = fields.Selection(
        selection_add=[
            ("delegate_acted", "A delegate has acted"),
        ],
        ondelete={
            "delegate_acted": "cascade",
        },
    )
