from odoo import models


class WaterRefusalWizard(models.TransientModel):
    """Delays and refusals of requests are declined here as well."""

    _inherit = "water.refusal.wizard"

    def _selection_record(self):
        name = "water.request.decision"
        return [*super()._selection_record(), (name, self.env[name]._description)]
