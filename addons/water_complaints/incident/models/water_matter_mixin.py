from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterMatterMixin(models.AbstractModel):
    """Link merged cases to the same incident, and keep the lead case open for them."""

    _inherit = "water.matter.mixin"

    def _after_merging(self, original):
        super()._after_merging(original)
        incident = self.sudo().incident_id
        fits = incident.state == "open" and original.category_id in incident.category_ids
        if fits and not original.incident_id:
            ran = original._open_clocks()
            original._join_incident(incident)
            case, joined = trusted(self.sudo()), ran - original._open_clocks()
            facts = {"incident": incident.id, "joined": joined.ids}
            case.merge_snapshot = {**case.merge_snapshot, **facts}

    def _after_unmerging(self, original, facts):
        """Unlink the lead case if it was linked only because of the merged one."""
        super()._after_unmerging(original, facts)
        incident = original.incident_id
        theirs = original._merged_cases().incident_id
        if incident and incident.id == facts.get("incident") and incident not in theirs:
            ended = original.deadline_ids.filtered(lambda row: row.id in facts.get("joined", ()))
            void = ended.filtered(lambda row: row.state == "void")
            trusted(void).write({"state": "running"})
            ended._go_on_unanswered()
            original.action_leave_incident()

    def _why_not_ended(self):
        words = super()._why_not_ended()
        for case in self._merged_cases():
            words += [f"{case.name}: {text}" for text in case._what_remains()]
        return words

    def _what_remains(self):
        """Return what the end of the incident does not settle for a merged case, as sentences."""
        words = [self.env._("handle its own claim first")] if self.own_claim else []
        if self._open_calls("requested"):
            words.append(self.env._("the customer has asked to be called"))
        if self.category_id.is_medical or self._tells_of_harm():
            words.append(self.env._("it reports injury or illness"))
        if self.external_state == "open":
            words.append(self.env._("the order of another body is not answered yet"))
        return words
