from odoo import fields, models


class WaterRecusalWizard(models.TransientModel):
    """Replaces a first responsible person who is complained of (S3.1.1)."""

    _name = "water.recusal.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Replace the Person Complained of"
    _case_type = "water.complaint"

    user_id = fields.Many2one(
        "res.users", string="New First Responsible", required=True, domain=[("share", "=", False)]
    )
    is_about_him = fields.Boolean(string="It Is about the Present First Responsible", default=True)
    reason = fields.Text(required=True)

    def action_replace(self):
        """Replace the responsible person (the complaint checks the supervisor's right)."""
        case = self._one()
        person = case._who_is_replaced() if self.is_about_him else None
        case._replace_responsible(self.user_id, self.reason, person)
        return {"type": "ir.actions.act_window_close"}
