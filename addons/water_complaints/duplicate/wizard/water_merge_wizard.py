from odoo import fields, models


class WaterMergeWizard(models.TransientModel):
    """Complaints about one matter are brought together as well."""

    _inherit = "water.merge.wizard"

    _fields_of = {"water.complaint": ("original_id", "similar_ids")}

    similar_ids = fields.Many2many("water.complaint", compute="_compute_similar")
    original_id = fields.Many2one(
        "water.complaint",
        string="Same Complaint as",
        compute="_compute_original",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
