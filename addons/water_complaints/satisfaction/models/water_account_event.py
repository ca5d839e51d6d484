from odoo import api, models


class WaterAccountEvent(models.Model):
    """What a delegate has done on a complaint, in words for its holder."""

    _inherit = "water.account.event"

    @api.model
    def _acts(self):
        return super()._acts() | {
            "confirm": self.env._("has confirmed the result"),
            "contest": self.env._("has rejected the result"),
        }
