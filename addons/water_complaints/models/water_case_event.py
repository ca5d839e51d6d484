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
            ("compensation", "Compensation: proposed, decided, booked"),
            ("paid", "Compensation paid"),
            ("incident_joined", "Hangs on an incident"),
            ("incident_left", "Taken out of the incident"),
            ("incident_over", "Incident over, customer told"),
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
            "compensation": "cascade",
            "paid": "cascade",
            "incident_joined": "cascade",
            "incident_left": "cascade",
            "incident_over": "cascade",
        },
    )
