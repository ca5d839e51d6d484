from odoo import fields, models


class WaterReviewWizard(models.TransientModel):
    """The outcome of a review of dissatisfaction (E4)."""

    _name = "water.review.wizard"
    _inherit = "water.mixin"
    _description = "What Came of a Review"

    review_id = fields.Many2one("water.satisfaction.review", required=True, readonly=True)
    remark = fields.Text(related="review_id.remark", related_sudo=False)
    outcome = fields.Selection(
        [
            ("rehandled", "Handled Again by Another Person"),
            ("explained", "Explained to the customer"),
            ("appeal", "Appeal supported"),
        ],
        string="Outcome of the Review",
        default="explained",
    )
    note = fields.Text(string="What Was Found")

    def action_save(self):
        """Record the outcome; the review checks access and completeness."""
        self.review_id._settle(self.outcome, self.note)
        return {"type": "ir.actions.act_window_close"}
