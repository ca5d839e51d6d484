from odoo import fields, models


class WaterMessage(models.Model):
    _inherit = "water.message"

    notice_id = fields.Many2one(
        "water.notice", readonly=True, index="btree_not_null", ondelete="restrict"
    )
