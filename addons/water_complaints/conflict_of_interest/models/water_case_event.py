from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("recused", "First responsible person replaced, being concerned"),
            ("statement_asked", "Statement asked for"),
            ("statement_given", "Statement given"),
        ],
        ondelete={
            "recused": "cascade",
            "statement_asked": "cascade",
            "statement_given": "cascade",
        },
    )
