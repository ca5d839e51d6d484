from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterCloseWizard(models.TransientModel):
    """The closing script: anything else? thank you, goodbye (S2.3.4)."""

    _name = "water.close.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Close a Case"

    script = fields.Text(compute="_compute_script")
    anything_else = fields.Boolean(string="Asked Whether There Is Anything Else, and Thanked")
    article_id = fields.Many2one(
        "water.article",
        string="Knowledge Article",
        domain=[("state", "=", "published")],
        help="What has helped to settle the matter.",
    )

    @api.depends("case_ids")
    def _compute_script(self):
        for wizard in self:
            case = wizard._cases()[:1]
            wizard.script = bool(case) and case._closing_script()

    def action_close(self):
        """Close the case; the case itself checks completeness."""
        self.ensure_one()
        if not self.anything_else:
            raise UserError(
                self.env._("Ask whether there is anything else, and thank the customer first.")
            )
        case = self._one()
        self._keep_answers(case)
        case._close_politely()
        return {"type": "ir.actions.act_window_close"}

    def _keep_answers(self, case):
        """Store satisfaction and helpful article before closing."""
        if self.satisfaction and not self.is_asked:
            case._ask_satisfaction(self.satisfaction, self.satisfaction_reason)
        if self.article_id and self.article_id != case.article_id:
            case.article_id = self.article_id
