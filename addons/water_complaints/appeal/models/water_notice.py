from odoo import api, fields, models

#: Letters against which the customer may ask for a review.
APPEALED_KINDS = frozenset({"result", "refusal", "appeal_decision"})


class WaterNotice(models.Model):
    """Letters about appeals, and the day until which the customer may appeal against a letter."""

    _inherit = "water.notice"

    kind = fields.Selection(
        selection_add=[
            ("appeal_receipt", "Receipt of an appeal"),
            ("appeal_decision", "Decision on an appeal"),
            ("final", "Final answer"),
        ],
        ondelete={
            "appeal_receipt": "set default",
            "appeal_decision": "set default",
            "final": "set default",
        },
    )
    appeal_id = fields.Many2one(
        "water.appeal", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    @api.model
    def _sent_values(self, complaint, values):
        sent = super()._sent_values(complaint, values)
        has_appeal = values["kind"] in APPEALED_KINDS
        return sent | {"appeal_until": complaint._appeal_until() if has_appeal else False}

    def _is_told_to_all(self):
        """Return whether the letter goes to all customers of merged complaints."""
        return self.kind in ("result", "appeal_decision", "final")

    def _twin_values(self):
        return {"also_of_id": self.id, "appeal_id": self.appeal_id.id}
