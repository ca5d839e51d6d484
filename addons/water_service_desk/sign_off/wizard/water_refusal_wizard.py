from odoo import models


class WaterRefusalWizard(models.TransientModel):
    """What is not signed is refused with a reason as well."""

    _inherit = "water.refusal.wizard"

    def _selection_record(self):
        name = "water.sign.off"
        return [*super()._selection_record(), (name, self.env[name]._description)]
