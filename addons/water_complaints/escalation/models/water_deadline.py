from odoo import models


class WaterDeadline(models.Model):
    """What the supervision order says of a clock."""

    _inherit = "water.deadline"

    def _reminded(self):
        """Who was told of the limit, and when, oldest first: for the supervision order."""
        told = self.env["water.escalation.notice"].sudo().search([("deadline_id", "=", self.id)])
        return [
            {
                "step": row.step_id.name,
                "who": row.user_id.name,
                "at": self._case()._customer_time(row.at),
            }
            for row in told.sorted("id")
        ]
