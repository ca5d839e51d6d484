from odoo import fields, models


class WaterCaseLinkMixin(models.AbstractModel):
    _inherit = "water.case.link.mixin"

    complaint_id = fields.Many2one("water.complaint", index="btree_not_null", ondelete="restrict")
