from odoo import fields, models


class WaterRefusalWizard(models.TransientModel):
    """Refuse a request with a reason for the applicant."""

    _name = "water.refusal.wizard"
    _inherit = "water.mixin"
    _description = "Refuse with a Reason"

    #: the record has ``_refuse(reason)``, which checks the user's rights
    record = fields.Reference(selection="_selection_record", required=True)
    reason = fields.Text(required=True)

    def _selection_record(self):
        mixin = self.pool["water.decision.mixin"]
        names = [
            name
            for name, model in self.pool.items()
            if issubclass(model, mixin) and not model._abstract
        ]
        return [(name, self.env[name]._description) for name in sorted([*names, "water.deadline"])]

    def action_refuse(self):
        """Refuse it and tell the applicant why; the record checks rights."""
        self.ensure_one()
        self.record._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
