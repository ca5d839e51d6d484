from odoo import fields, models

from ...base.trust import trusted
from ...clock.models.water_deadline_dispatch import RULE_FACTS
from ...clock.models.water_standard_line import WORKING_UNITS
from .water_matter_merging import SHARED_CLOCKS


class WaterDeadline(models.Model):
    """The limit of a contact goes on in the case into which it was merged."""

    _inherit = "water.deadline"

    def _hurry_by(self, theirs, reason, is_final=True):
        """Be due when another contact about the matter was.

        By its rule from now on, so that a change of the calendar moves the limit as it would have
        moved there. Where either was paused or extended, or this one began earlier, no rule gives
        that date: it holds as it is.

        :param theirs: facts of that contact's clock, with ``due_at``
        :param reason: why, for the chain
        :param is_final: the date itself; else what this one was granted moves it on
        """
        due = fields.Datetime.to_datetime(theirs["due_at"])
        start = fields.Datetime.to_datetime(theirs["started_at"])
        plain = theirs["planned_due_at"] == theirs["due_at"] and self.planned_due_at == self.due_at
        rule = {name: theirs[name] for name in RULE_FACTS}
        if not plain or start > self.started_at:
            rule |= {"amount": 0, "unit": False}
        trusted(self).write({**rule, "started_at": min(start, self.started_at)})
        self._replan({self: (due, theirs["provisional"])}, reason, is_final=is_final)
        if self.unit in WORKING_UNITS:  # the calendar may have changed since it was remembered
            self._follow_own_calendars()

    def _own_start(self):
        """Return when its own limit starts, without that of a contact merged into its case."""
        for case in self._case()._merged_in_order():
            facts = (case.merge_snapshot or {}).get("original", {}).get(str(self.id))
            if facts:
                return fields.Datetime.to_datetime(facts["started_at"])
        return self.started_at

    def _slow_to(self, facts, reason):
        """Be due again as before another contact hurried it, and as the calendar now says.

        :param facts: as :meth:`_limit_facts` gave them
        :param reason: why, for the chain
        """
        planned = fields.Datetime.to_datetime(facts["planned_due_at"])
        kept = {name: facts[name] for name in ("started_at", *RULE_FACTS) if name in facts}
        trusted(self).write(kept)
        self._replan({self: (planned, facts["provisional"])}, reason)
        if self.unit in WORKING_UNITS:
            self._follow_own_calendars()

    def _limit_that_goes_on(self):
        """What stands still goes on with the merging, in the other case: so much time is left."""
        if self.state != "paused":
            return {}
        due, provisional = self._limit_now()
        return {"due_at": fields.Datetime.to_string(due), "provisional": provisional}

    def _promised_case(self):
        """The case whose customer it was promised, wherever it is kept now."""
        case = self._case()
        # sudo: case - to whom it was promised, nothing else of it
        for other in case._merged_cases():
            if str(self.id) in (other.merge_snapshot or {}).get("promises", {}):
                return other
        return case

    def _clocks_alike(self):
        """Return the clocks whose extensions count for this one: merged ones of the same round."""
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
        """By a pause, an extension or the calendar: who relies on it is told of the new date."""
        super()._move_due(due, provisional)
        self._tell_matter()

    def _tell_matter(self):
        """Where an order was merged into another case, that goes by its limit as well."""
        for clock in self.filtered(lambda row: row.kind == "external"):
            clock._case()._order_moved()

    def _tell_new_dates(self):
        """Whoever relies on the same date hears of the new one as well."""
        super()._tell_new_dates()
        for clock in self.filtered(lambda row: row._promises_result()):
            clock._case()._joined_cases()._send_of_lead()

    def _go_on_unanswered(self):
        """What met it in the case into which its own was merged was about another matter."""
        for clock in self.filtered(lambda row: row.state != "void"):
            state = "running" if clock.state == "met" else clock.state
            values = {"state": state, "met_at": False, "next_check_at": fields.Datetime.now()}
            trusted(clock).write(values)
        self.filtered(lambda row: row.unit in WORKING_UNITS)._follow_own_calendars()
        self._wake_sweep()
