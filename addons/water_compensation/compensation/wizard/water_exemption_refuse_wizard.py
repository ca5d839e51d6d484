from odoo import fields, models


class WaterExemptionRefuseWizard(models.TransientModel):
    """Why an exemption does not hold, or not any more."""

    _name = "water.exemption.refuse.wizard"
    _inherit = "water.mixin"
    _description = "Refuse an Exemption"

    exemption_ids = fields.Many2many("water.compensation.exemption", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_save(self):
        """Refuse them; what was owed without them is owed again."""
        for wizard in self:
            wizard.exemption_ids._refuse(wizard.reason)
        return {"type": "ir.actions.act_window_close"}
