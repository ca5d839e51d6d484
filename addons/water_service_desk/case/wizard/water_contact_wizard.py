from odoo import fields, models


class WaterContactWizard(models.TransientModel):
    """Record that the customer was reached."""

    _name = "water.contact.wizard"
    _inherit = ["water.case.wizard.mixin", "water.once.mixin"]
    _description = "Customer Contacted"

    note = fields.Text(string="What Was Said", required=True)

    def action_log(self):
        """Keep the contact and meet its clock (write access is checked by the case)."""
        with self._once():
            self._cases()._log_contact(self.note)
        return {"type": "ir.actions.act_window_close"}
