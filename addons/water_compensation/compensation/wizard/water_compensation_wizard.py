from odoo import api, fields, models


class WaterCompensationWizard(models.TransientModel):
    """Refuse or withdraw compensations, or have them stay, with the reason."""

    _name = "water.compensation.wizard"
    _inherit = "water.mixin"
    _description = "Refuse or Withdraw Compensations"

    compensation_ids = fields.Many2many(
        "water.compensation", "water_compensation_wizard_rel", required=True, readonly=True
    )
    step = fields.Selection(
        [("refuse", "Refuse"), ("withdraw", "Withdraw"), ("keep", "It stays")],
        required=True,
        default="refuse",
    )
    reason = fields.Text(required=True)
    is_known = fields.Boolean(compute="_compute_is_known", export_string_translation=False)

    @api.depends("compensation_ids", "step")
    def _compute_is_known(self):
        for wizard in self:
            ends = wizard.step in ("refuse", "withdraw")
            wizard.is_known = ends and bool(wizard.compensation_ids._origin._was_notified())

    def action_save(self):
        """Refuse or withdraw (right and state are checked by the compensations)."""
        self.ensure_one()
        rows = self.compensation_ids
        if self.step == "refuse":
            rows._refuse(self.reason)
        elif self.step == "keep":
            rows._confirm_again(self.reason)
        else:
            rows._withdraw(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
