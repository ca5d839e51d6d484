from odoo import fields, models


class WaterCallbackWizard(models.TransientModel):
    """Note when the customer wants to be called back, and about what (回电)."""

    _name = "water.callback.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Call Back at a Wished Time"

    wished_at = fields.Datetime(string="Wished Time", required=True)
    note = fields.Char(string="About")

    def action_request(self):
        """Queue the call (write access and the time are checked by the case)."""
        for case in self._cases():
            case._request_callback(self.wished_at, self.note)
        return {"type": "ir.actions.act_window_close"}
