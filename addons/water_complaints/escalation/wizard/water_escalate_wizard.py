from odoo import api, fields, models

from ..models.water_complaint import LEVELS


class WaterEscalateWizard(models.TransientModel):
    """Take a complaint to a supervisor, the vice president or the general manager."""

    _name = "water.escalate.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Escalate a Complaint"
    _case_type = "water.complaint"

    level = fields.Selection(LEVELS, required=True, default="supervisor")
    reason = fields.Text()
    user_id = fields.Many2one(
        "res.users",
        string="To",
        compute="_compute_user",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False)]",
    )

    @api.depends("level", "case_ids")
    def _compute_user(self):
        for wizard in self:
            wizard.user_id = wizard._cases()[:1]._escalation_person(wizard.level)

    def action_save(self):
        """Escalate; the complaint checks access and completeness."""
        for case in self._cases():
            case._escalate_to(self.level, self.reason, self.user_id)
        return {"type": "ir.actions.act_window_close"}
