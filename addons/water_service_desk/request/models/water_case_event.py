from odoo import fields, models


class WaterCaseEvent(models.Model):
    """Events of requests."""

    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("notice_issued", "Notice of everything needed issued"),
            ("notice_acknowledged", "Notice acknowledged"),
            ("material_supplied", "Material handed in by the customer"),
            ("material_checked", "Material checked"),
            ("material_returned", "Incorrect materials told"),
            ("material_refused", "Repeat request for materials blocked"),
            ("accepted", "Application accepted"),
            ("guide_step_done", "Step of the guide done"),
            ("decision_asked", "Delay or refusal asked for"),
            ("decision_approved", "Delay or refusal approved"),
            ("decision_declined", "Delay or refusal declined"),
            ("decision_lapsed", "Delay or refusal lapsed"),
            ("decision_withdrawn", "Delay or refusal withdrawn"),
            ("refused", "Application refused"),
            ("finished", "Work finished"),
            ("fed_back", "Result told"),
            ("feedback_tried", "Could not be informed of the result"),
            ("unreachable", "Customer unreachable"),
            ("satisfaction", "Satisfaction asked"),
        ],
        ondelete={
            "notice_issued": "cascade",
            "notice_acknowledged": "cascade",
            "material_supplied": "cascade",
            "material_checked": "cascade",
            "material_returned": "cascade",
            "material_refused": "cascade",
            "accepted": "cascade",
            "guide_step_done": "cascade",
            "decision_asked": "cascade",
            "decision_approved": "cascade",
            "decision_declined": "cascade",
            "decision_lapsed": "cascade",
            "decision_withdrawn": "cascade",
            "refused": "cascade",
            "finished": "cascade",
            "fed_back": "cascade",
            "feedback_tried": "cascade",
            "unreachable": "cascade",
            "satisfaction": "cascade",
        },
    )
