from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("readback", "Read back to the customer"),
            ("notified", "Customer notified"),
            ("confirmed", "Confirmed by the customer"),
            ("contested", "Result rejected by the customer"),
            ("rejected", "Not accepted"),
            ("merged", "Merged"),
            ("archived", "Archived"),
            ("appeal_decided", "Appeal decided"),
            ("paid", "Compensation paid"),
            ("incident_joined", "Hangs on an incident"),
            ("incident_left", "Taken out of the incident"),
            ("incident_over", "Incident over, customer told"),
            ("sealed", "Sealed"),
            ("held", "Put under legal hold"),
            ("hold_lifted", "Legal hold lifted"),
            ("destroyed", "Destroyed"),
        ],
        ondelete={
            "readback": "cascade",
            "notified": "cascade",
            "confirmed": "cascade",
            "contested": "cascade",
            "rejected": "cascade",
            "merged": "cascade",
            "archived": "cascade",
            "appeal_decided": "cascade",
            "paid": "cascade",
            "incident_joined": "cascade",
            "incident_left": "cascade",
            "incident_over": "cascade",
            "sealed": "cascade",
            "held": "cascade",
            "hold_lifted": "cascade",
            "destroyed": "cascade",
        },
    )
