from odoo import models
from odoo.fields import Domain

from ...base import windows


class WaterCaseMixin(models.AbstractModel):
    """Who called is one click away."""

    _inherit = "water.case.mixin"

    def action_open_calls(self):
        """Open the calls that led to the case, or that its telephone system's number names."""
        self.ensure_one()
        self.check_access("read")
        calls = self.env["water.call.record"]
        here = Domain(calls._case_field(self._name), "=", self.id)
        if self.recording_ref:
            here |= Domain("call_ref", "=", self.recording_ref)
        return windows.rows(calls._name, self.env._("Calls"), list(here), modes="list,form")
