from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.water_complaint import SCORES


class WaterConfirmWizard(models.TransientModel):
    """Record the customer's answer about the result: confirmed or rejected (S3.2.3d)."""

    _name = "water.confirm.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Customer's Confirmation"
    _case_type = "water.complaint"

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
    script = fields.Text(compute="_compute_script")
    anything_else = fields.Boolean(string="Asked Whether There Is Anything Else, and Thanked")

    @api.depends("case_ids")
    def _compute_script(self):
        for wizard in self:
            wizard.script = wizard._cases()[:1]._closing_script()

    def action_save(self):
        """Record the answer; the complaint checks access and completeness."""
        cases = self._cases()
        if self.contested:
            cases._contest_result(self.remark)
        else:
            if self.anything_else:
                cases.check_access("write")
                cases._say_goodbye()
            elif self.mode == "oral":
                raise UserError(
                    self.env._("Ask whether there is anything else, and thank the customer first.")
                )
            cases._confirm_result(self.mode, self.result, self.process, self.remark)
        return {"type": "ir.actions.act_window_close"}
