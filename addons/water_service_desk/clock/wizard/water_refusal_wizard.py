from odoo import fields, models


class WaterRefusalWizard(models.TransientModel):
    """Say no to what was asked for, with the reason that the asker reads."""

    _name = "water.refusal.wizard"
    _inherit = "water.mixin"
    _description = "Refuse with a Reason"

    #: what is refused here has ``_refuse(reason)``, which checks who may
    record = fields.Reference(selection="_selection_record", required=True)
    reason = fields.Text(required=True)

    def _selection_record(self):
        """Return models of ``water.decision.mixin``, and clocks with their excuses."""
        mixin = self.pool["water.decision.mixin"]
        names = [
            name
            for name, model in self.pool.items()
            if issubclass(model, mixin) and not model._abstract
        ]
        return [(name, self.env[name]._description) for name in sorted([*names, "water.deadline"])]

    def action_refuse(self):
        """Refuse it (rights are checked there); whoever asked is told why."""
        self.ensure_one()
        self.record._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
