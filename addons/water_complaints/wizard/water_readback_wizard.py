from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


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
            wizard.summary = "\n\n".join(wizard._spoken(case) for case in wizard._cases())

    def _spoken(self, case):
        happened = format_datetime(self.env, case.occurred_at, dt_format="short")
        return self.env._(
            "You are %(name)s, your number is %(phone)s. At %(address)s, on %(happened)s:"
            " %(matter)s What you ask for: %(demand)s Is that right?",
            name=case.contact_name or self.env._("(anonymous)"),
            phone=case.phone or self.env._("(no number)"),
            address=case.address or self.env._("(no address)"),
            happened=happened or self.env._("(no time)"),
            matter=case.description or case.subject,
            demand=case.demand or self.env._("(nothing)"),
        )

    def action_confirm(self):
        """Keep the customer's yes and his correction.

        :raises UserError: when the agent has not ticked that the customer confirmed
        """
        if not self.confirmed:
            raise UserError(self.env._("Tick that the customer has confirmed what you read back."))
        self._cases()._confirm_readback(self.correction)
        return {"type": "ir.actions.act_window_close"}
