from odoo import api, fields, models

from ...appeal.models.water_deadline import HEADS


class WaterDeadline(models.Model):
    """Clocks of reviews of dissatisfaction, which may begin when the complaint is closed."""

    _inherit = "water.deadline"

    review_id = fields.Many2one(
        "water.satisfaction.review", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    @api.model
    def _copied_values(self, case, vals):
        values = super()._copied_values(case, vals)
        if vals.get("review_id") and not vals.get("met_at"):
            values["is_pending"] = True
        return values

    @api.depends("review_id")
    def _compute_is_pending(self):
        super()._compute_is_pending()
        for clock in self.filtered(lambda row: row.review_id):
            clock.is_pending = not clock.met_at and clock.state in ("running", "breached")

    def _holder(self):
        """Whoever looks at it has it, not those with whom the customer is not content."""
        review = self.sudo().review_id
        if not review:
            return super()._holder()
        return self.env["water.department"], review.user_id

    def _recipients(self, step, case):
        """Who hears of a clock of a review: whoever has it in hand."""
        if not self.review_id or step.recipient in HEADS:
            return super()._recipients(step, case)
        return self.sudo().review_id.user_id or case._desk_supervisors()
