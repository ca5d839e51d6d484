from odoo import models


class WaterDispatch(models.Model):
    """Figures ask for the dispatches of a month."""

    _inherit = "water.dispatch"

    _sent_idx = models.Index("(sent_at)")
