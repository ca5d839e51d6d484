from odoo import fields, models


class WaterDispatchRejectWizard(models.TransientModel):
    """Ask why a department returns a dispatch (退单)."""

    _name = "water.dispatch.reject.wizard"
    _description = "Return a Dispatch"

    dispatch_ids = fields.Many2many("water.dispatch", required=True)
    reason = fields.Text(required=True)

    def action_reject(self):
        """Return the dispatches with the reason (the department's right is checked there)."""
        self.dispatch_ids._reject(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
