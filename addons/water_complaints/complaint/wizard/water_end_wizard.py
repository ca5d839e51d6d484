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
    elsewhere = fields.Text(
        string="Who Is There for It", help="Where the customer can go with his matter instead."
    )
    duplicate_of_id = fields.Many2one("water.complaint", string="Same as")

    def action_end(self):
        """End it; the transition table checks who may do so and what is missing.

        Not accepted: the letter that says so comes first (S3.2.3c), sending it ends the complaint.
        """
        if self.how != "merged" and not (self.reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        cases = self._cases()
        if self.how == "rejected" and len(cases) == 1 and cases._need_refusal_letter():
            return self._write_refusal(cases)
        values = {"state": self.how, "end_reason": self.reason}
        if self.how == "merged":
            values["duplicate_of_id"] = self.duplicate_of_id.id
        cases.write(values)
        return {"type": "ir.actions.act_window_close"}

    def _write_refusal(self, case):
        """Open the letter of refusal; refused before, where the step is not open to the user."""
        if not case._can_move_to("rejected"):
            case._check_transition("rejected")
        return case._dialog(
            "water.notice.wizard",
            self.env._("Letter of Refusal"),
            default_kind="refusal",
            default_reason=self.reason,
            default_elsewhere=self.elsewhere,
            dialog_size="extra-large",
        )
