from odoo import api, fields, models

from ..models.water_request import SATISFACTION
from ..models.water_request_feedback import CHANNELS, OUTCOMES


class WaterFeedbackWizard(models.TransientModel):
    """Record that the customer was told the result, or that the attempt failed (S2.3.3)."""

    _name = "water.feedback.wizard"
    _inherit = ["water.request.wizard.mixin", "water.wording.mixin"]
    _description = "Tell the Result"
    _spoken_fields = ("note",)

    channel = fields.Selection(CHANNELS, required=True, default="phone")
    outcome = fields.Selection(OUTCOMES, string="Result of the Try", required=True, default="told")
    told_to = fields.Char(
        compute="_compute_told_to", compute_sudo=False, store=True, readonly=False, precompute=True
    )
    note = fields.Char(string="What Was Said")
    satisfaction = fields.Selection(
        SATISFACTION, help="A question of its own: no answer is not a good answer."
    )
    satisfaction_reason = fields.Char(string="Reason")

    @api.depends("case_ids")
    def _compute_told_to(self):
        for wizard in self:
            case = wizard._cases()[:1]
            wizard.told_to = case._reads_contact() and case.sudo().contact_name

    def action_tell(self):
        """Keep the try, and the satisfaction when it was asked (rights are checked there)."""
        self.ensure_one()
        case = self._request()
        case._tell_result(self.channel, self.outcome, self.told_to, self.note)
        if self.satisfaction:
            case._ask_satisfaction(self.satisfaction, self.satisfaction_reason)
        return {"type": "ir.actions.act_window_close"}
