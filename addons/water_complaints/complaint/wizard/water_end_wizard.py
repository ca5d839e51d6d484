from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.words import strip_invisible


class WaterEndWizard(models.TransientModel):
    """End a complaint before a result: withdrawn or not accepted."""

    _name = "water.end.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "End a Complaint"
    _case_type = "water.complaint"

    how = fields.Selection(
        [("withdrawn", "The customer withdraws it"), ("rejected", "It is not accepted")],
        required=True,
        default="withdrawn",
    )
    reason = fields.Text()

    def action_end(self):
        """End the complaints; the transition table checks access and completeness."""
        self._check_reason()
        self._cases().write(self._end_values())
        return {"type": "ir.actions.act_window_close"}

    def _check_reason(self):
        if self.how != "merged" and not strip_invisible(self.reason):
            raise UserError(self.env._("Give the reason."))

    def _end_values(self):
        """Return the values for the complaints; other addons add theirs."""
        values = {"state": self.how, "end_reason": self.reason}
        if self.how == "merged":
            values["duplicate_of_id"] = self.duplicate_of_id.id
        return values
