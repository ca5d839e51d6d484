from odoo import models
from odoo.exceptions import UserError


class WaterRequestWizardMixin(models.AbstractModel):
    """A dialog about one request."""

    _name = "water.request.wizard.mixin"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Dialog about a Request"

    def _request(self):
        cases = self._cases()
        if cases._name != "water.request" or len(cases) != 1:
            raise UserError(self.env._("Open this dialog from a request."))
        return cases
