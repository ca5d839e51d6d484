from odoo import fields, models


class WaterCaseRelation(models.Model):
    """A complaint may stand above other cases."""

    _inherit = "water.case.relation"

    _parent_links = ("parent_complaint_id",)

    parent_complaint_id = fields.Many2one(
        "water.complaint", readonly=True, index="btree_not_null", ondelete="restrict"
    )
