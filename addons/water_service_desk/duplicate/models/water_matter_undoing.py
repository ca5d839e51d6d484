from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.todos import end_todos
from ...base.trust import trusted
from ...base.words import said
from ...case.models.water_case_triage import RANK
from ...clock.models.water_standard_line import WORKING_UNITS
from .water_matter_mixin import RESULT


class WaterMatterMixin(models.AbstractModel):
    """A merging undone: the case is what it was, its clocks have run on meanwhile."""

    _inherit = "water.matter.mixin"

    def _unmerge(self, reason):
        """Another matter after all: back to the state, the clocks and the dispatches it had.

        Its clocks have run on meanwhile; what the original was hurried by is put back.

        :param reason: why, required
        :raises UserError: without a reason, when it is not merged, or by anybody but the desk
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "merged" or not self._is_desk():
            raise UserError(self.env._("%s is not merged with another case.", self.name))
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        self._check_unmerging()
        original = self.sudo().duplicate_of_id
        facts = self.sudo().merge_snapshot or {"state": "registered"}
        merged = original._merged_in_order()
        later = merged[merged.ids.index(self.id) + 1 :]
        trusted(self.sudo()).write(
            {"duplicate_of_id": False, "merge_snapshot": False, "merged_at": False}
        )
        stage = self.env["water.stage"].browse(facts.get("stage")).exists()
        # sudo: complaint - a step that the system takes alone, checked above
        self.sudo()._move_to(facts["state"], stage or None)
        self._put_back(facts)
        end_todos(self, RESULT)
        self._log_events("unmerged", {"original": original.name, "reason": reason})
        if original.state not in original._final_states:
            reason_undone = self.env._("Merging undone: %s", self.name)
            self._release(original, facts.get("original") or {}, later, reason_undone)
            self._lighten(original, facts.get("severity"), later)
            # raised by itself meanwhile; else its limits are of the edition they were promised by
            if original.severity != facts.get("severity"):
                original._hurry_by_standard(reason_undone)
            original.dispatch_ids._keep_promise()
            original._log_events("duplicate_left", {"number": self.name, "reason": reason})
            self._after_unmerging(original, facts)
        original._count_repeats()

    def _check_unmerging(self):
        """Hook: refuse to make two matters of what is one for another reason than a merging."""

    def _after_unmerging(self, original, facts):
        """Hook: the case is one of its own again.

        :param original: the case that is handled still, with superuser rights
        :param facts: what was remembered when it was merged
        """

    def _put_back(self, facts):
        """Let run again what the merging had stopped."""
        case = trusted(self.sudo())
        states = facts.get("dispatches", {})
        rows = case.dispatch_ids.filtered(lambda row: row.state == "cancelled")
        rows = rows.filtered(lambda row: str(row.id) in states)
        back = rows.filtered(lambda row: self._may_go_back_to(row.department_id))
        for row in back:
            row.state = states[str(row.id)]
        case.write({"user_id": self._had_by(facts.get("user")).id, "end_reason": False})
        case._take_promises_back(facts.get("promises", {}))
        clocks = case.deadline_ids.filtered(lambda row: row.id in facts.get("clocks", ()))
        clocks = clocks.filtered(lambda row: row.state == "void" and not row.visit_id)
        clocks.write({"state": "running", "next_check_at": fields.Datetime.now()})
        self._stand_still(clocks, facts.get("pauses", {}))
        case.deadline_ids.filtered(lambda row: row.id in facts.get("late", ()))._go_on_unanswered()
        clocks._wake_sweep()
        clocks.filtered(lambda row: row.unit in WORKING_UNITS)._follow_own_calendars()
        case.visit_ids._take_up_again(facts.get("visits", {}))
        for row in back:
            self.env["water.dispatch"]._announce(self, row.department_id)
        if facts.get("ruling"):
            case._ask_ruling(case._desk_supervisors())
        for row in rows - back:  # what lay with one that must not have it now is the desk's
            self.sudo()._on_dispatch_rejected(row)

    def _had_by(self, number):
        """Whoever had it goes on with it, unless he has left or may not read it by now.

        :param number: id of who handled it when it was merged, if anybody did
        """
        user = self.env["res.users"].browse(number).exists()
        gone = user and not (user.active and self._is_open_to(user))
        return self._desk_handler() if gone else user

    def _may_go_back_to(self, department):
        """Whether a department that worked on it may do so still; heirs know who may not."""
        return department.active

    @api.model
    def _stand_still(self, clocks, pauses):
        """Clocks that stood still have stood still meanwhile: the merging has ended no pause."""
        for pause in trusted(clocks.pause_ids.filtered(lambda row: str(row.id) in pauses)):
            pause.write({"state": "running", "ended_at": False, "new_due_at": False, "minutes": 0})
            pause.deadline_id.write({**pauses[str(pause.id)], "state": "paused"})
            pause.deadline_id._tell_pause(pause)

    def _merged_in_order(self):
        """What is merged into it, the first at first, even where two came in one second."""

        def place(case):
            at, facts = case.merged_at, case.merge_snapshot or {}
            return bool(at), at, facts.get("place", 0), case.id

        return self._merged_cases().sorted(place)

    def _release(self, original, before, others, reason):
        """Give the original back the limits it had before, where they are not over.

        What other contacts have hurried stays hurried: theirs are put on again, one by one.

        :param before: {clock id: what it was when this case was merged}
        :param others: cases whose limits are to be kept, in the order of their merging
        :param reason: why, for the chain
        """
        clocks = original._open_clocks().filtered(
            lambda row: str(row.id) in before and row.state in ("running", "paused")
        )
        for clock in clocks:
            clock._slow_to(before[str(clock.id)], reason)
        for case in others if clocks else ():
            case._hurry_anew(clocks, original, is_final=True)

    def _lighten(self, original, severity, later):
        """Give the original back how grave it was, unless another contact or somebody says more.

        :param severity: of the original when this case was merged
        :param later: cases that were merged after this one
        """
        following = later[:1]
        if following:  # what was before both is before the one that is left
            facts = following.merge_snapshot
            if facts.get("severity") == self.severity:
                trusted(following).merge_snapshot = {**facts, "severity": severity}
        if not severity or original.severity != self.severity:
            return
        wanted = max([severity, *original._merged_cases().mapped("severity")], key=RANK.get)
        if RANK[wanted] < RANK[original.severity]:
            reason = self.env._("Merging undone: %s", self.name)
            original.write({"severity": wanted, "triage_reason": reason})

    def _transition_values(self, state):
        back = self.filtered(lambda case: case.state == "merged")
        values = super()._transition_values(state)
        return {**values, "closed_at": False} if back else values

    def _after_transition(self, origins, state):
        """What comes back goes on where it was: nothing follows as if it had just arrived."""
        back = self.filtered(lambda case: origins[case.id] == "merged")
        if back:
            back._log_events("moved", {case.id: {"from": "merged", "to": state} for case in back})
        rest = self - back
        if rest:
            super(WaterMatterMixin, rest)._after_transition(origins, state)
