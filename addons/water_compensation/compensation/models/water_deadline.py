from odoo import models


class WaterDeadline(models.Model):
    """A missed limit may cost money, by the company's scheme of compensation."""

    _inherit = "water.deadline"

    def _after_breach(self):
        super()._after_breach()
        items = self.sudo()._compensation_items()
        if items:
            self.env["water.compensation"]._work_out(items)

    def _is_owed_still(self):
        case = self._case()
        ends = {case.company_id._water_end_of_day(day) for day in case._owed_days() if day}
        return self.kind == "payment" and self.due_at in ends

    def _compensation_items(self):
        """Return what a missing answer costs, once per household."""
        items, owed = [], {}
        for clock in self:
            for case in clock._cases_promised():
                item = clock._compensation_item(case)
                lead = (case._lead_case() or case)._contact_root()
                others = owed.setdefault(lead, [])
                if item and not any(case._same_customer(other) for other in others):
                    items.append(item)
                    others.append(case)
        return items

    def _cases_promised(self):
        """Return the cases whose customers rely on this date."""
        if self.promised_provisional:  # no compensation for a provisional date
            return self._case().browse()
        return self._case()._cases_of_matter() if self.kind == "close" else self._promised_case()

    def _compensation_item(self, case):
        """Return the compensation of ``case``, by the guaranteed limit or the standard's."""
        rule = case._answer_rule() if self.kind in ("close", "guarantee") else None
        if not (rule and rule.is_automatic and case._is_payable()):
            return None
        guarded = "guarantee" if rule.limit_amount or case._has_own_date() else "close"
        if self.kind != guarded or case._is_household_owed(rule.trigger):
            return None
        values = case._compensation_values(rule.trigger, self.due_at)
        known = case.compensation_ids.filtered(lambda row: row.origin_key == values["origin_key"])
        if known and known._is_decided_against():
            return None
        return {"values": {**values, "deadline_id": self.id}, "rule": rule, "facts": {}}
