from odoo import fields, models


class WaterRequest(models.Model):
    _inherit = "water.request"

    _signed_field = "result"

    told_author_ids = fields.Many2many(
        "res.users",
        "water_request_author_rel",
        string="Written by",
        readonly=True,
        copy=False,
        help="Who wrote what the customer is told: nobody signs their own words.",
    )
