from odoo import fields, models


class WaterPromiseWizard(models.TransientModel):
    """Keep a commitment that the customer was given (S2.1.1 信守承诺)."""

    _name = "water.promise.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Promise to the Customer"

    text = fields.Char(string="What Was Promised", required=True)
    due_at = fields.Datetime(string="By", required=True)

    def action_keep(self):
        """Start a clock for the promise (write access is checked by the case)."""
        self._cases()._promise(self.text, self.due_at)
        return {"type": "ir.actions.act_window_close"}
