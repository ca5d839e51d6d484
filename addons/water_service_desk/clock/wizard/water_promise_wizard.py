from odoo import fields, models

from ..models.water_deadline import PROMISE_KINDS


class WaterPromiseWizard(models.TransientModel):
    """Keep a commitment that the customer was given (S2.1.1 信守承诺)."""

    _name = "water.promise.wizard"
    _inherit = ["water.case.wizard.mixin", "water.once.mixin"]
    _description = "Promise to the Customer"

    text = fields.Char(string="What Was Promised", required=True)
    kind = fields.Selection(
        PROMISE_KINDS,
        string="Kept by",
        required=True,
        default="result",
        help="A logged contact or an arrival on site keeps the promise by itself.",
    )
    due_at = fields.Datetime(string="To Be Kept by", required=True)

    def action_keep(self):
        """Start a clock for the promise (write access is checked by the case)."""
        with self._once():
            self._cases()._promise(self.text, self.due_at, self.kind)
        return {"type": "ir.actions.act_window_close"}
