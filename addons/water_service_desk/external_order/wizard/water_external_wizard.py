from odoo import fields, models


class WaterExternalWizard(models.TransientModel):
    """Return an order to its body, answer it, or register that it is handled again."""

    _name = "water.external.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Order of Another Body"

    kind = fields.Selection(
        [("return", "Return"), ("answer", "Answer"), ("rehandle", "Handle again")],
        required=True,
        default="answer",
    )
    text = fields.Text(required=True)
    due_at = fields.Datetime(string="New Limit", help="By when the body wants the next answer.")

    def action_save(self):
        """Take the step; the order's own table checks who may do so and when."""
        cases = self._cases()
        if self.kind == "return":
            cases._return_order(self.text)
        elif self.kind == "answer":
            cases._answer_order(self.text)
        else:
            fresh = cases._rehandle_order(self.text, self.due_at)
            if fresh != cases and len(fresh) == 1:
                return fresh._form_action()
        return {"type": "ir.actions.act_window_close"}
