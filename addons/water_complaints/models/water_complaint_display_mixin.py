from odoo import fields, models

#: The filter "Open" of the search view, in the words of the database.
IS_OPEN = (
    "state IN ('registered', 'dispatched', 'investigating', 'handling', 'notified', 'confirmed',"
    " 'callback')"
)


class WaterComplaintDisplayMixin(models.AbstractModel):
    """Counters of a complaint's cards and buttons."""

    _name = "water.complaint.display.mixin"
    _description = "Shows a Complaint"

    # The filter "Open" of board and list: few among all, in order and counted from the index,
    # which holds all that the record rules ask.
    _open_list_idx = models.Index(f"(urgency DESC, next_due_at, id DESC) WHERE {IS_OPEN}")
    _open_board_idx = models.Index(
        "(stage_id, urgency DESC, next_due_at, id DESC)"
        " INCLUDE (deadline_state, company_id, sent_to, is_restricted, first_responsible_id,"
        " user_id, person_complained_id, is_confidential, department_complained_id)"
        f" WHERE {IS_OPEN}"
    )

    notice_count = fields.Integer(string="Number of Notices", compute="_compute_notice_count")
    duplicate_count = fields.Integer(
        string="Number of Duplicates", compute="_compute_duplicate_count"
    )

    def _compute_notice_count(self):
        notices = self._count_by("water.notice", "complaint_id")
        for case in self:
            case.notice_count = notices.get(case._origin.id, 0)

    def _compute_duplicate_count(self):
        duplicates = self._count_by("water.complaint", "duplicate_of_id")
        for case in self:
            case.duplicate_count = duplicates.get(case._origin.id, 0)

    def _count_by(self, model, link):
        """Complaint id → number of rows of ``model`` the user may see."""
        rows = self.env[model]._read_group([(link, "in", self._origin.ids)], [link], ["__count"])
        return {case.id: count for case, count in rows}
