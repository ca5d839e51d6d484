from odoo import fields, models

from ..models.water_case_external_order import YES_NO


class WaterExternalWizard(models.TransientModel):
    """The dialogs of an order: return it, answer it, what its body decides about it."""

    _name = "water.external.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Order of Another Body"

    kind = fields.Selection(
        [
            ("return", "Return"),
            ("answer", "Answer"),
            ("rehandle", "Handle again"),
            ("extend", "Extension of the body"),
            ("judge", "Verdict of the body"),
        ],
        required=True,
        default="answer",
    )
    text = fields.Text()
    basis = fields.Text(
        string="Legal Basis", help="The law, rule or division of duties by which it is not ours."
    )
    right_body = fields.Char(string="Rightly of", help="The body or department whose matter it is.")
    due_at = fields.Datetime(
        string="New Limit",
        help="By when the body wants the next answer; empty where it names no limit.",
    )
    paper = fields.Char(help="Number or title of the body's paper.")
    day = fields.Date(string="Date of the Paper")
    responded = fields.Selection(YES_NO)
    solved = fields.Selection(YES_NO)
    satisfied = fields.Selection(YES_NO)

    def action_save(self):
        """Take the step; the order's own table checks who may do so and when."""
        cases = self._cases()
        if self.kind == "return":
            cases._return_order(self.text, self.basis, self.right_body)
        elif self.kind == "answer":
            cases._answer_order(self.text)
        elif self.kind == "extend":
            cases._extend_order(self.due_at, self.day, self.paper)
        elif self.kind == "judge":
            found = (self.responded, self.solved, self.satisfied)
            cases._keep_verdict(*found, self.text, self.day)
        else:
            return self._rehandled(cases)
        return {"type": "ir.actions.act_window_close"}

    def _rehandled(self, cases):
        fresh = cases._rehandle_order(self.text, self.due_at)
        if fresh != cases and len(fresh) == 1:
            return fresh._form_action()
        return {"type": "ir.actions.act_window_close"}
