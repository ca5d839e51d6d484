from odoo import fields, models


class WaterEndWizard(models.TransientModel):
    """A complaint that is not accepted is refused by letter."""

    _inherit = "water.end.wizard"

    elsewhere = fields.Text(
        string="Who Is There for It", help="Where the customer can turn instead."
    )

    def action_end(self):
        """The letter that says so comes first (S3.2.3c), sending it ends the complaint."""
        cases = self._cases()
        if self.how == "rejected" and len(cases) == 1 and cases._need_refusal_letter():
            self._check_reason()
            return self._write_refusal(cases)
        return super().action_end()

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
