from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("evidence_added", "Evidence added"),
            ("evidence_struck", "Evidence struck out"),
            ("investigation_started", "Investigation begun"),
            ("investigation_done", "Investigation finished"),
            ("investigation_cancelled", "Investigation cancelled"),
            ("demand_judged", "Demand judged"),
            ("demand_removed", "Demand taken off the list"),
            ("reviewed", "Conclusion confirmed by a second person"),
            ("review_void", "Confirmation of the conclusion void"),
        ],
        ondelete={
            "evidence_added": "cascade",
            "evidence_struck": "cascade",
            "investigation_started": "cascade",
            "investigation_done": "cascade",
            "investigation_cancelled": "cascade",
            "demand_judged": "cascade",
            "demand_removed": "cascade",
            "reviewed": "cascade",
            "review_void": "cascade",
        },
    )
