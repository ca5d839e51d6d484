from odoo import models


class WaterCallback(models.Model):
    """Figures ask for the call-backs of a month."""

    _inherit = "water.callback"

    _changed_idx = models.Index("USING brin (write_date)")
    _done_idx = models.Index("(done_at) WHERE done_at IS NOT NULL")
