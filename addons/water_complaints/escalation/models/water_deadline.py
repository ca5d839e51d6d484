from odoo import models


class WaterDeadline(models.Model):
    """The lines of a supervision order about a clock."""

    _inherit = "water.deadline"

    def _reminded(self):
        """Return who was notified of the limit and when, oldest first."""
        told = self.env["water.escalation.notice"].sudo().search([("deadline_id", "=", self.id)])
        return [
            {
                "step": row.step_id.name,
                "who": row.user_id.name,
                "at": self._case()._customer_time(row.at),
            }
            for row in told.sorted("id")
        ]
