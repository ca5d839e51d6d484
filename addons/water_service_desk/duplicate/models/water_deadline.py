from odoo import fields, models

from ...base.trust import trusted
from ...clock.models.water_standard_line import WORKING_UNITS
from .water_matter_merging import SHARED_CLOCKS


class WaterDeadline(models.Model):
    """The limit of a contact goes on in the case into which it was merged."""

    _inherit = "water.deadline"

    def _promised_case(self):
        """Return the case whose customer got the promise, whichever case keeps it now."""
        case = self._case()
        # sudo: case - only whose promise it is
        for other in case._merged_cases():
            if str(self.id) in (other.merge_snapshot or {}).get("promises", {}):
                return other
        return case

    def _clocks_alike(self):
        clocks = self
        if self.kind not in SHARED_CLOCKS or self.visit_id:
            return clocks
        case = self._case()
        for other in case._merged_cases():
            if (other.merge_snapshot or {}).get("round") == case.handling_round:
                clocks |= other.deadline_ids.filtered(lambda row: row.kind == self.kind)
        return clocks

    def _after_pause(self):
        """Let merged clocks catch up after a pause, before the new limit is announced."""
        self._case()._catch_up(self)

    def _move_due(self, due, provisional):
        """Move the date, and notify merged cases that share it."""
        super()._move_due(due, provisional)
        self._tell_matter()

    def _tell_matter(self):
        for clock in self.filtered(lambda row: row.kind == "external"):
            clock._case()._order_moved()

    def _tell_new_dates(self):
        """Notify the customers of merged cases who share the date."""
        super()._tell_new_dates()
        for clock in self.filtered(lambda row: row._promises_result()):
            clock._case()._joined_cases()._send_of_lead()

    def _go_on_unanswered(self):
        """Let the clock run again after an unmerge: the lead case's events did not meet it."""
        for clock in self.filtered(lambda row: row.state != "void"):
            state = "running" if clock.state == "met" else clock.state
            values = {"state": state, "met_at": False, "next_check_at": fields.Datetime.now()}
            trusted(clock).write(values)
        self.filtered(lambda row: row.unit in WORKING_UNITS)._follow_own_calendars()
        self._wake_sweep()
