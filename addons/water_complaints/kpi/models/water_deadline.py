from odoo import models


class WaterDeadline(models.Model):
    """The table of days asks for the limits that were written within an hour."""

    _inherit = "water.deadline"

    _changed_idx = models.Index("USING brin (write_date)")
