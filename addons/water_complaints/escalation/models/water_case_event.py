from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("major_marked", "Marked as major"),
            ("major_reported", "Reported to the management"),
            ("escalated", "Escalated"),
        ],
        ondelete={
            "major_marked": "cascade",
            "major_reported": "cascade",
            "escalated": "cascade",
        },
    )
