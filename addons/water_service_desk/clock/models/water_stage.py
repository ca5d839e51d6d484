from odoo import fields, models


class WaterStage(models.Model):
    _inherit = "water.stage"

    waits_for_customer = fields.Boolean(
        help="While a case stands here, the clocks of the work stand still: until the customer"
        " answers, but no longer than may be paused without approval.",
    )
