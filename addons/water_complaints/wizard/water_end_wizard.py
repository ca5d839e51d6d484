from odoo import fields, models
from odoo.exceptions import UserError


class WaterEndWizard(models.TransientModel):
    """End a complaint before a result: withdrawn, not accepted, or the same as another."""

    _name = "water.end.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "End a Complaint"

    how = fields.Selection(
        [
            ("withdrawn", "The customer withdraws it"),
            ("rejected", "It is not accepted"),
            ("merged", "It is the same as another one"),
        ],
        required=True,
        default="withdrawn",
    )
    reason = fields.Text()
    duplicate_of_id = fields.Many2one("water.complaint", string="Same as")

    def action_end(self):
        """End it; the transition table checks who may do so and what is missing."""
        if self.how != "merged" and not (self.reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        values = {"state": self.how, "end_reason": self.reason}
        if self.how == "merged":
            values["duplicate_of_id"] = self.duplicate_of_id.id
        self._cases().write(values)
        return {"type": "ir.actions.act_window_close"}
