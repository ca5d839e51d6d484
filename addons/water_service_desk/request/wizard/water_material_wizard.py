from odoo import fields, models

from ...base import windows


class WaterMaterialWizard(models.TransientModel):
    """Ask the customer for a material that is not on the list: possible once (S2.3.2b)."""

    _name = "water.material.wizard"
    _inherit = ["water.request.wizard.mixin"]
    _description = "Request a Material"

    name = fields.Char(string="Material", required=True)
    reason = fields.Char(required=True)

    def action_ask(self):
        """Put it on the list, or be told that it is too late; that attempt is kept."""
        self.ensure_one()
        refusal = self._request()._ask_material(self.name, self.reason)
        if not refusal:
            return {"type": "ir.actions.act_window_close"}
        # an error would be taken back, the record of the attempt with it: so it is a message
        return windows.message(
            refusal, "danger", self.env._("No further material may be asked for"), windows.CLOSE
        )
