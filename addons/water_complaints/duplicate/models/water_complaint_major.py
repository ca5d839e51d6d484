from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted

from ...escalation.models.water_complaint_major import KINDS

REPORT = ("major_reported_at", "major_report_note")


class WaterComplaint(models.Model):
    """What a major complaint is merged into is reported before it is handled, too (E2).

    Whoever heard of the one has heard of the matter. Undone, it is major by itself, or not.
    """

    _inherit = "water.complaint"

    def _bring_forward(self, original, running):
        before = super()._bring_forward(original, running)
        kinds = [kind for kind in KINDS if self[kind] and not original[kind]]
        if kinds:
            case = self.sudo()
            if case.major_reported_at and not original.major_reported_at:
                told = {name: case[name] for name in REPORT}
                told["major_reported_to_id"] = case.major_reported_to_id.id
                trusted(original).write(told)
            reason = {"triage_reason": self._merging_reason()}
            original.write(dict.fromkeys(kinds, True) | reason)
        return before

    def _merge_facts(self):
        """What the other one was is put back when the merging is undone."""
        original = self.sudo().duplicate_of_id
        return super()._merge_facts() | {"major": [k for k in KINDS if original[k]]}

    def _after_unmerging(self, original, facts):
        super()._after_unmerging(original, facts)
        others = original._merged_cases()
        brought = [kind for kind in KINDS if self[kind] and kind not in facts.get("major", KINDS)]
        for other in trusted(
            others.filtered("merge_snapshot")
        ):  # merged later, it found them there
            found = other.merge_snapshot
            kept = [kind for kind in found.get("major", KINDS) if kind not in brought]
            other.merge_snapshot = {**found, "major": kept}
        gone = [kind for kind in brought if original[kind] and not any(others.mapped(kind))]
        if gone:
            reason = self.env._("Merging undone: %s", self.name)
            original.write(dict.fromkeys(gone, False) | {"triage_reason": reason})
