from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterReadbackWizard(models.TransientModel):
    """Read back what was noted, in spoken words, and take the customer's yes (S3.2.1d)."""

    _name = "water.readback.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Read Back to the Customer"

    summary = fields.Text(compute="_compute_summary")
    correction = fields.Text(string="What the Customer Corrected")
    confirmed = fields.Boolean(string="Read back and confirmed by the customer")

    @api.depends("case_ids")
    def _compute_summary(self):
        for wizard in self:
            spoken = (case._spoken_summary() for case in wizard._cases())
            wizard.summary = "\n\n".join(spoken)

    def action_confirm(self):
        """Keep the customer's yes and his correction.

        :raises UserError: when the agent has not ticked that the customer confirmed
        """
        if not self.confirmed:
            raise UserError(self.env._("Tick that the customer has confirmed what you read back."))
        self._cases()._confirm_readback(self.correction)
        return {"type": "ir.actions.act_window_close"}
