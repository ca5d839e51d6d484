from odoo import fields, models


class WaterInspectionWizard(models.TransientModel):
    """Dispute an inspection, or decide the dispute, with the reason."""

    _name = "water.inspection.wizard"
    _inherit = "water.mixin"
    _description = "Answer an Inspection"

    inspection_id = fields.Many2one(
        "water.inspection", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(related="inspection_id.state", related_sudo=False)
    dispute_reason = fields.Text(
        related="inspection_id.dispute_reason", related_sudo=False, string="Dispute"
    )
    decision = fields.Selection(
        [("kept", "The score stands"), ("annulled", "Annulled")], default="kept"
    )
    reason = fields.Text(required=True)

    def action_save(self):
        """Dispute or decide (right and state are checked by the inspection)."""
        self.ensure_one()
        if self.state == "disputed":
            self.inspection_id._decide(self.decision, self.reason)
        else:
            self.inspection_id._dispute(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
