from odoo import api, models


class WaterAccountEvent(models.Model):
    """What a delegate has done on a complaint, in words for its holder."""

    _inherit = "water.account.event"

    @api.model
    def _acts(self):
        return super()._acts() | {
            "appeal": self.env._("has asked for a review"),
            "unappeal": self.env._("has withdrawn the request for a review"),
        }
