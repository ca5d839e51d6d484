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
        """The decision on an appeal is about the matter, whoever has appealed."""
        return self.kind in ("appeal_decision", "final") or super()._is_told_to_all()

    def _twin_values(self):
        return super()._twin_values() | {"appeal_id": self.appeal_id.id}

    @api.model
    def _signer(self, complaint, values):
        """A letter about an appeal goes out in the reviewer's name."""
        reviewer = self.env["water.appeal"].browse(values.get("appeal_id")).sudo().reviewer_id
        return reviewer or super()._signer(complaint, values)

    def _letter_title(self):
        titles = {
            "appeal_receipt": self.env._("Receipt of Your Appeal"),
            "appeal_decision": self.env._("Decision on Your Appeal"),
            "final": self.env._("Final Answer"),
        }
        return titles[self.kind] if self.kind in titles else super()._letter_title()
