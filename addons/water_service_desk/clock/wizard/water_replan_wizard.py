from odoo import fields, models


class WaterReplanWizard(models.TransientModel):
    """Have open clocks follow the standards of today, with a reason on record."""

    _name = "water.replan.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Recalculate Time Limits"

    reason = fields.Text(required=True)

    def action_replan(self):
        """Work them out again (the supervisor's right is checked by the case)."""
        self._cases()._replan_clocks(self.reason)
        return {"type": "ir.actions.act_window_close"}
