from odoo import models

from ...case.transitions import Missing


class WaterCaseMixin(models.AbstractModel):
    """Whoever has asked to be called is called, or takes it back himself (S2.1.1 信守承诺)."""

    _inherit = "water.case.mixin"

    def _need_wished_call(self):
        """Nothing ends while its customer waits for a call that he has asked for."""
        if not self.sudo()._open_calls("requested"):
            return []
        words = self.env._(
            "the customer has asked to be called: call him, or note that he does not want it any"
            " more"
        )
        return [Missing(words, "action_open_callbacks")]

    def _clocks_met_by(self, kind):
        """A written answer is no call: what was promised for one is kept by calling."""
        clocks = super()._clocks_met_by(kind)
        promised = clocks.filtered(lambda clock: clock.kind == "promise")
        if not promised:
            return clocks
        waits = [("state", "=", "open"), ("kind", "=", "requested")]
        # sudo: water.callback - whether a call is still to be made, whoever may see it
        calls = self.env["water.callback"].sudo()
        calls = calls.search([*waits, ("deadline_id", "in", promised.ids)])
        return clocks - calls.deadline_id
