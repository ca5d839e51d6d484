from odoo import fields, models

from ...appeal.models.water_deadline import HEADS


class WaterDeadline(models.Model):
    """Clocks of reviews of dissatisfaction, which may begin when the complaint is closed."""

    _inherit = "water.deadline"

    _lasting_links = ("review_id",)

    review_id = fields.Many2one(
        "water.satisfaction.review", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    def _holder(self):
        review = self.sudo().review_id
        if not review:
            return super()._holder()
        return self.env["water.department"], review.user_id

    def _recipients(self, step, case):
        if not self.review_id or step.recipient in HEADS:
            return super()._recipients(step, case)
        return self.sudo().review_id.user_id or case._desk_supervisors()
