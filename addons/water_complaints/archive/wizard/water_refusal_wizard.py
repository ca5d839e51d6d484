from odoo import models


class WaterRefusalWizard(models.TransientModel):
    """A destruction is refused with a reason as well."""

    _inherit = "water.refusal.wizard"

    def _selection_record(self):
        name = "water.destruction"
        return [*super()._selection_record(), (name, self.env[name]._description)]
