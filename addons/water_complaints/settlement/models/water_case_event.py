from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("plan_accepted", "Plan accepted"),
            ("plan_rejected", "Plan rejected"),
            ("action_done", "Action of the plan done"),
            ("negotiated", "Negotiated with the customer"),
        ],
        ondelete={
            "plan_accepted": "cascade",
            "plan_rejected": "cascade",
            "action_done": "cascade",
            "negotiated": "cascade",
        },
    )
