from odoo import fields, models


class WaterRefusalWizard(models.TransientModel):
    """Say no to what was asked for, with the reason that the asker reads."""

    _name = "water.refusal.wizard"
    _inherit = "water.mixin"
    _description = "Refuse with a Reason"

    #: what can be refused has ``_refuse(reason)``, which checks who may
    record = fields.Reference(selection="_selection_record", required=True)
    reason = fields.Text(required=True)

    def _selection_record(self):
        """Models that are refused here; a room that has one of its own adds it."""
        names = ("water.deadline.pause", "water.deadline")
        return [(name, self.env[name]._description) for name in names]

    def action_refuse(self):
        """Refuse it (rights are checked there); whoever asked is told why."""
        self.ensure_one()
        self.record._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
