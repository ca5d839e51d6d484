from odoo import models


class WaterCall(models.TransientModel):
    """The call that is registered from the screen knows its case."""

    _inherit = "water.call"

    def _case_values(self):
        values = super()._case_values()
        return {**values, "recording_ref": self.recording_ref or self.call_ref}

    def _register_case(self, model, **values):
        case = super()._register_case(model, **values)
        number = self.call_ref or self.recording_ref
        if number:
            call, _result = self.env["water.call.record"]._keep({"call_ref": number})
            call._attach(case)
        return case
