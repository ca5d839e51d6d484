from odoo import models


class WaterCaseMixin(models.AbstractModel):
    """The customer reads that somebody is on the way to him."""

    _inherit = "water.case.mixin"

    def _portal_event_titles(self):
        return super()._portal_event_titles() | {
            "visit_on_way": self.env._("Our staff are on the way to you")
        }
