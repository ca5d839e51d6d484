from odoo import models

from odoo.addons.water_service_desk.base.todos import end_todos
from odoo.addons.water_service_desk.duplicate.models.water_matter_mixin import RESULT


class WaterComplaint(models.Model):
    """The customers of merged complaints get the letter about the result as well."""

    _inherit = "water.complaint"

    def _notice_also_to(self):
        """The customers of what was merged into it hear the result as well."""
        lead = self._lead_case() or self.sudo()
        return super()._notice_also_to() | (lead | lead._merged_cases()) - self

    def _tell_late(self, case):
        """What the others were told of the result, in this round of handling, he is told now."""
        told = self.notice_ids.filtered(
            lambda row: row._is_told_to_all() and row.sent_at and row.round == self.reopen_count
        )
        for notice in told.sorted("id")[-1:] if self._has_told() else ():
            notice._tell_one_also(case)
            self._keep_guarantee(case)

    def _has_told(self):
        """Whether the result in force was told."""
        return self.state not in self._merging_states

    def _way_of_telling(self, notice):
        """How the customer of a merged complaint is told; who was told already is not again.

        :param notice: the original's water.notice, with superuser rights
        :return: values of the notice that is kept with this complaint
        """
        if self._is_told_with(notice.complaint_id):
            told = {"mode": "oral", "told_to": notice.told_to}
            return told if notice.mode == "oral" else {"mode": "published"}
        if self.is_anonymous and not self.email_from:
            return {"mode": "published"}
        return {"mode": "written", "way": "mail" if self._notice_address() else "post"}

    def _told_also(self, notice):
        """Keep it, and have whoever cannot be written to called by his own first responsible."""
        if self.state != "merged":
            return  # the one that is handled has its own events
        self._log_events("duplicate_told", {"number": notice.name})
        end_todos(self, RESULT)  # told anew, there is one thing to tell
        told = self._is_told_with(notice.also_of_id.complaint_id)
        if not (told or self.is_anonymous or self._notice_address()):
            self._ask_to_tell()
