from odoo import api, fields, models

from ...clock.models.water_standard_line import UNITS


class WaterRequestDecisionWizard(models.TransientModel):
    """Ask a supervisor for more time or a refusal, with code and alternative (S2.3.2c)."""

    _name = "water.request.decision.wizard"
    _inherit = ["water.request.wizard.mixin"]
    _description = "Ask for a Delay or Refusal"

    kind = fields.Selection(
        [("delay", "Delay"), ("refusal", "Refusal")], required=True, default="delay"
    )
    reason_id = fields.Many2one(
        "water.request.reason", required=True, domain="[('kind', 'in', (kind, 'both'))]"
    )
    note = fields.Text(string="Explanation for the Customer")
    alternative = fields.Text(
        string="Alternative Offered",
        required=True,
        compute="_compute_alternative",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Float(string="By", default=3)
    unit = fields.Selection(UNITS, default="working_day")
    latest_due_at = fields.Datetime(string="Possible until", compute="_compute_latest_due")

    @api.depends("reason_id")
    def _compute_alternative(self):
        for wizard in self:
            lang = wizard._cases()[:1]._customer_lang() if wizard.case_ids else self.env.lang
            reason = wizard.reason_id.with_context(lang=lang)
            wizard.alternative = wizard.alternative or reason.alternative

    @api.depends("case_ids")
    def _compute_latest_due(self):
        for wizard in self:
            clock = wizard.case_ids and self.env["water.request.decision"]._clock_of(
                wizard._request()
            )
            latest = clock and clock._latest_due()
            wizard.latest_due_at = latest and latest[0]

    def action_ask(self):
        """Ask for it (times and rights are checked by the request)."""
        self.ensure_one()
        self._request()._ask_decision(
            self.kind, self.reason_id, self.alternative, self.note, self.amount, self.unit
        )
        return {"type": "ir.actions.act_window_close"}
