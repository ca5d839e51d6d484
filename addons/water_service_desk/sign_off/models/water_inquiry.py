from odoo import fields, models


class WaterInquiry(models.Model):
    _inherit = "water.inquiry"

    _signed_field = "answer"

    told_author_ids = fields.Many2many(
        "res.users",
        "water_inquiry_author_rel",
        string="Written by",
        readonly=True,
        copy=False,
        help="Authors of the customer's text; they cannot sign it.",
    )
