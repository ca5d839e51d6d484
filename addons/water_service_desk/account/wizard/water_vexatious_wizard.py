from odoo import api, fields, models


class WaterVexatiousWizard(models.TransientModel):
    """Mark a caller as vexatious until a day of review, or take the mark off."""

    _name = "water.vexatious.wizard"
    _inherit = "water.mixin"
    _description = "Caller with Repeated Abuse"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    is_marked = fields.Boolean(string="Repeated Abuse", default=True)
    reason = fields.Char(string="Why")
    review_on = fields.Date(string="Reviewed on")

    @api.onchange("partner_id")
    def _onchange_partner(self):
        if self.partner_id.water_vexatious:
            self.reason = self.partner_id.water_vexatious_reason
            self.review_on = self.partner_id.water_vexatious_review_on

    def action_save(self):
        """Keep the mark (the supervisor's right is checked by the contact)."""
        for wizard in self:
            wizard.partner_id._mark_vexatious(wizard.is_marked, wizard.reason, wizard.review_on)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
