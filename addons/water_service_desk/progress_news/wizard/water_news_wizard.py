from odoo import api, fields, models

from ...base.windows import RELOAD


class WaterNewsWizard(models.TransientModel):
    """Sends progress news, proposed from what has happened."""

    _name = "water.news.wizard"
    _inherit = ["water.case.wizard.mixin", "water.once.mixin"]
    _description = "Tell How Far It Is"

    text = fields.Text(
        string="What the Customer Reads",
        required=True,
        compute="_compute_text",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("case_ids")
    def _compute_text(self):
        for wizard in self:
            case = wizard._cases()[:1]
            wizard.text = wizard.text or (bool(case) and case._proposed_news())

    def action_tell(self):
        """Send the news (the case checks access and content)."""
        with self._once():
            self._cases()._tell_news(self.text)
        return dict(RELOAD)
