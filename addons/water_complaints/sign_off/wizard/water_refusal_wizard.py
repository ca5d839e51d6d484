from odoo import models


class WaterRefusalWizard(models.TransientModel):
    """A change of what decides on money is refused with a reason as well."""

    _inherit = "water.refusal.wizard"

    def _selection_record(self):
        name = "water.setting.change"
        return [*super()._selection_record(), (name, self.env[name]._description)]
