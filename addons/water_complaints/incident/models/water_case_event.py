from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("incident_joined", "Linked to an incident"),
            ("incident_told", "Told the news of the incident"),
            ("incident_left", "Taken out of the incident"),
            ("incident_over", "Incident over, customer told"),
        ],
        ondelete={
            "incident_joined": "cascade",
            "incident_told": "cascade",
            "incident_left": "cascade",
            "incident_over": "cascade",
        },
    )
