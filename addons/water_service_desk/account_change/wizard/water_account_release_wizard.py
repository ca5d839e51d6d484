from odoo import fields, models


class WaterAccountReleaseWizard(models.TransientModel):
    """Why payments need not wait any longer."""

    _name = "water.account.release.wizard"
    _inherit = "water.mixin"
    _description = "Release Payments"

    change_ids = fields.Many2many("water.account.change", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_save(self):
        """Release them; who may is checked by the changes."""
        for wizard in self:
            wizard.change_ids._release(wizard.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
