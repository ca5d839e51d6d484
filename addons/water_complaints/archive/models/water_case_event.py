from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("sealed", "Sealed"),
            ("held", "Put under legal hold"),
            ("hold_lifted", "Legal hold lifted"),
            ("destroyed", "Destroyed"),
        ],
        ondelete={
            "sealed": "cascade",
            "held": "cascade",
            "hold_lifted": "cascade",
            "destroyed": "cascade",
        },
    )
