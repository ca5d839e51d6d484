from odoo import fields, models


class WaterDispatchRejectWizard(models.TransientModel):
    """Ask why a department returns a dispatch (退单)."""

    _name = "water.dispatch.reject.wizard"
    _inherit = "water.mixin"
    _description = "Return a Dispatch"

    dispatch_ids = fields.Many2many("water.dispatch", required=True)
    reason_id = fields.Many2one(
        "water.dispatch.reason",
        string="Kind",
        required=True,
        default=lambda self: self.env.ref("water_service_desk.dispatch_reason_not_ours", False),
    )
    reason = fields.Text(required=True)
    owner_id = fields.Many2one(
        "water.department", string="Belongs to", help="Whose work it is, if you know."
    )

    def action_reject(self):
        """Return the dispatches with the reason (the department's right is checked there)."""
        self.dispatch_ids._reject(self.reason, self.reason_id, self.owner_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
