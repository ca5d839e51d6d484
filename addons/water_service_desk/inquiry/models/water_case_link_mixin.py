from odoo import fields, models


class WaterCaseLinkMixin(models.AbstractModel):
    """Links of rows to inquiries."""

    _inherit = "water.case.link.mixin"

    _case_links = ("inquiry_id",)

    inquiry_id = fields.Many2one("water.inquiry", index="btree_not_null", ondelete="restrict")
