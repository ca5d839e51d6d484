from odoo import fields, models


class WaterCaseLinkMixin(models.AbstractModel):
    _inherit = "water.case.link.mixin"

    _case_links = ("request_id",)

    request_id = fields.Many2one("water.request", index="btree_not_null", ondelete="restrict")
