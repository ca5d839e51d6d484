from odoo import fields, models


class WaterCaseEvent(models.Model):
    """Events of call-backs."""

    _inherit = "water.case.event"
    _coded = {
        "callback_attempt": {"result": ("water.callback.attempt", "result")},
        "callback_done": {
            "outcome": ("water.callback", "outcome"),
            "score": ("water.callback", "score"),
        },
    }

    kind = fields.Selection(
        selection_add=[
            ("callback_attempt", "Call-back attempted"),
            ("callback_done", "Call-back done"),
            ("callback_requested", "Call-back asked for"),
            ("callback_returned", "Called back as asked for"),
            ("callback_skipped", "Not drawn for a call-back"),
            ("callback_cancelled", "Call-back not wanted any more"),
            ("callback_taken_up", "The customer rings back"),
        ],
        ondelete={
            "callback_attempt": "cascade",
            "callback_done": "cascade",
            "callback_requested": "cascade",
            "callback_returned": "cascade",
            "callback_skipped": "cascade",
            "callback_cancelled": "cascade",
            "callback_taken_up": "cascade",
        },
    )
