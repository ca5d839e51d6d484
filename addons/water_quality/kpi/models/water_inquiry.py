from odoo import models


class WaterInquiry(models.Model):
    """An inquiry is found by the number that it has in the view of all cases."""

    _inherit = "water.inquiry"

    _any_case_idx = models.Index("((id * 4 + 2))")
