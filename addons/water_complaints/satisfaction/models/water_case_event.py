from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"
    _coded = {
        "confirmed": {
            "result": ("", "satisfaction_result"),
            "process": ("", "satisfaction_process"),
        },
    }

    kind = fields.Selection(
        selection_add=[
            ("contested", "Result rejected by the customer"),
            ("dissatisfied", "Customer not satisfied"),
            ("dissatisfaction_reviewed", "Dissatisfaction looked at"),
            ("asked_again", "Asked once more for confirmation"),
        ],
        ondelete={
            "contested": "cascade",
            "dissatisfied": "cascade",
            "dissatisfaction_reviewed": "cascade",
            "asked_again": "cascade",
        },
    )
