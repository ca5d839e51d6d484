from odoo import fields, models


class WaterVisitChangeWizard(models.TransientModel):
    """Move or cancel an appointment, with the reason and who asked for it."""

    _name = "water.visit.change.wizard"
    _inherit = "water.mixin"
    _description = "Change an Appointment"

    visit_id = fields.Many2one("water.visit", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [("move", "Another time"), ("cancel", "Cancel")], required=True, default="move"
    )
    slot_from = fields.Datetime(string="Begins")
    slot_to = fields.Datetime(string="Ends")
    reason = fields.Char(required=True)
    by = fields.Selection(
        [("customer", "Customer"), ("company", "Company")],
        string="Asked for by",
        required=True,
        default="customer",
    )

    def action_change(self):
        """Change it (right and state are checked by the visit)."""
        self.ensure_one()
        if self.kind == "move":
            self.visit_id._reschedule(self.slot_from, self.slot_to, self.reason, self.by)
        else:
            self.visit_id._check_turn("planned", "confirmed", desk=True)
            self.visit_id._cancel(self.reason, self.by)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
