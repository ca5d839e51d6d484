from odoo import fields, models


class WaterHoldWizard(models.TransientModel):
    """Put complaints under legal hold, or lift it, with the reason (S3.2.4b)."""

    _name = "water.hold.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Legal Hold"
    _case_type = "water.complaint"

    is_lifted = fields.Boolean(string="Lift the Hold")
    reason = fields.Text(required=True)

    def action_save(self):
        """Set or lift the hold; who and why is kept in the chain of each case."""
        self._cases()._hold(not self.is_lifted, self.reason)
        return {"type": "ir.actions.act_window_close"}
