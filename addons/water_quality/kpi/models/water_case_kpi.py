from odoo import models


class WaterCaseMixin(models.AbstractModel):
    """Figures ask for the cases that were closed, or judged by a body, within a month; the table
    of days for those that were written within an hour.
    """

    _inherit = "water.case.mixin"

    _closed_idx = models.Index("(closed_at) WHERE closed_at IS NOT NULL")
    _changed_idx = models.Index("USING brin (write_date)")
    _verdict_idx = models.Index("(external_verdict_on) WHERE external_verdict_on IS NOT NULL")
