from odoo import fields, models


class WaterStrikeWizard(models.TransientModel):
    """Strike out a mistaken piece of evidence, with the reason (S3.1.3)."""

    _name = "water.strike.wizard"
    _inherit = "water.mixin"
    _description = "Strike Out Evidence"

    evidence_id = fields.Many2one("water.evidence", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_strike(self):
        """Strike it out (right and state are checked by the evidence)."""
        self.ensure_one()
        self.evidence_id._strike(self.reason)
        return {"type": "ir.actions.act_window_close"}
