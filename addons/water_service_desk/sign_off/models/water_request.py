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
        help="Authors of the customer's text; they cannot sign it.",
    )
