from odoo import api, fields, models


class WaterReadbackWizard(models.TransientModel):
    """Read back what was registered, in spoken words, and record the confirmation (S3.2.1d)."""

    _name = "water.readback.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Read Back to the Customer"
    _case_type = "water.complaint"

    summary = fields.Text(compute="_compute_summary")
    correction = fields.Text(string="What the Customer Corrected")
    can_dispatch = fields.Boolean(compute="_compute_can_dispatch")

    @api.depends("case_ids")
    def _compute_summary(self):
        for wizard in self:
            spoken = (case._spoken_summary() for case in wizard._cases())
            wizard.summary = "\n\n".join(spoken)

    @api.depends("case_ids")
    @api.depends_context("uid")
    def _compute_can_dispatch(self):
        """Offer the dispatch of a single new complaint; several are dispatched from their list."""
        for wizard in self:
            cases = wizard._cases()
            wizard.can_dispatch = (
                len(cases) == 1 and cases.state == "registered" and cases.can_dispatch
            )

    def action_confirm(self):
        """Record the confirmation with the customer's correction."""
        self._cases()._confirm_readback(self.correction)
        return {"type": "ir.actions.act_window_close"}

    def action_confirm_and_dispatch(self):
        """Keep the customer's yes and go on to who shall see to it."""
        self.action_confirm()
        return self._cases().action_dispatch()
