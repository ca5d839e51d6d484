from odoo import fields, models

from ..models.water_complaint import SCORES


class WaterConfirmWizard(models.TransientModel):
    """Record what the customer said of the result: confirmed or rejected (S3.2.3d)."""

    _name = "water.confirm.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Customer's Confirmation"

    contested = fields.Boolean(string="The customer rejects the result")
    mode = fields.Selection(
        [
            ("oral", "By word of mouth"),
            ("signed", "Signature"),
            ("reply", "Mail or message"),
            ("unanswered", "No answer"),
        ],
        string="How",
        default="oral",
        required=True,
    )
    result = fields.Selection(SCORES, string="Satisfied with the Result")
    process = fields.Selection(SCORES, string="Satisfied with the Handling")
    remark = fields.Text(string="In the Customer's Words")

    def action_save(self):
        """Keep the answer; the complaint checks what is missing and who may do this."""
        cases = self._cases()
        if self.contested:
            cases._contest_result(self.remark)
        else:
            cases._confirm_result(self.mode, self.result, self.process, self.remark)
        return {"type": "ir.actions.act_window_close"}
