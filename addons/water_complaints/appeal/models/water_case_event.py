from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("appeal_decided", "Appeal decided"),
        ],
        ondelete={
            "appeal_decided": "cascade",
        },
    )
