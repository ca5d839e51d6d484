from odoo import models


class WaterCaseMixin(models.AbstractModel):
    """The customer reads that somebody is on the way to him."""

    _inherit = "water.case.mixin"

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "visit_on_way": self.env._("Our staff are on the way to you")
        }

    def _portal_visit_state(self, visit):
        if visit.on_way_at and visit.state in ("planned", "confirmed"):
            return self.env._("our staff are on the way")
        return super()._portal_visit_state(visit)
