from odoo import fields, models


class WaterDeputyWizard(models.TransientModel):
    """Appoint who acts while the first responsible person is away (S3.1.1)."""

    _name = "water.deputy.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Appoint a Deputy"

    user_id = fields.Many2one(
        "res.users", string="Deputy", required=True, domain="[('share', '=', False)]"
    )
    until = fields.Datetime(string="Deputy until", required=True)
    reason = fields.Text(required=True)

    def action_appoint(self):
        """Appoint the deputy (the supervisor's right is checked by the case)."""
        self._cases()._appoint_deputy(self.user_id, self.until, self.reason)
        return {"type": "ir.actions.act_window_close"}
