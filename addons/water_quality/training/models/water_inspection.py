from odoo import models


class WaterInspection(models.Model):
    """An inspection can teach a lesson."""

    _inherit = "water.inspection"

    def action_lesson(self):
        """Open a new training that follows from the inspection."""
        self.ensure_one()
        self.check_access("read")
        return self.env["water.training"]._lesson_window(self, "inspection_id", self.template_id)
