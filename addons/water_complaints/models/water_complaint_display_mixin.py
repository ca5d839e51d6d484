from odoo import fields, models


class WaterComplaintDisplayMixin(models.AbstractModel):
    """Counters of a complaint's cards and buttons."""

    _name = "water.complaint.display.mixin"
    _description = "Shows a Complaint"

    notice_count = fields.Integer(string="Number of Notices", compute="_compute_complaint_counts")
    duplicate_count = fields.Integer(
        string="Number of Duplicates", compute="_compute_complaint_counts"
    )

    def _compute_complaint_counts(self):
        notices = self._count_by("water.notice", "complaint_id")
        duplicates = self._count_by("water.complaint", "duplicate_of_id")
        for case in self:
            case.notice_count = notices.get(case._origin.id, 0)
            case.duplicate_count = duplicates.get(case._origin.id, 0)

    def _count_by(self, model, link):
        """Complaint id → number of rows of ``model`` the user may see."""
        rows = self.env[model]._read_group([(link, "in", self._origin.ids)], [link], ["__count"])
        return {case.id: count for case, count in rows}
