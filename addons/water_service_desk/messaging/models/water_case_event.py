from odoo import fields, models


class WaterCaseEvent(models.Model):
    """Events of messages to customers."""

    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("message_failed", "Message not delivered"),
        ],
        ondelete={
            "message_failed": "cascade",
        },
    )

    def _room_labels(self, payload):
        labels = super()._room_labels(payload)
        return labels + self._failure_labels(payload)

    def _failure_labels(self, payload):
        if self.kind != "message_failed":
            return []
        message = self.env["water.message"]
        labels = [
            dict(message._fields[name]._description_selection(self.env))
            for name in ("medium", "failure_code")
        ]
        return [labels[0].get(payload.get("medium")), labels[1].get(payload.get("failure"))]
