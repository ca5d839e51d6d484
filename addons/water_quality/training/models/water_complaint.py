from odoo import models


class WaterComplaint(models.Model):
    """A complaint can teach a lesson."""

    _inherit = "water.complaint"

    def action_lesson(self):
        """Open a new training that follows from the complaint.

        :raises AccessError: by anybody who does not look after quality
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["water.training"]._lesson_window(self, "complaint_id", self.category_id)
