from odoo import fields, models


class WaterHandoverWizard(models.TransientModel):
    """Give the first responsibility to another person, with a reason (S3.1.1)."""

    _name = "water.handover.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Hand a Case Over"

    user_id = fields.Many2one(
        "res.users", string="To", required=True, domain="[('share', '=', False)]"
    )
    reason = fields.Text(required=True)

    def action_hand_over(self):
        """Hand over (the supervisor's right is checked by the case)."""
        self._cases()._hand_over(self.user_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
