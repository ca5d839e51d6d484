from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted

#: what an own date takes over from the standard's limit
DATE = ("started_at", "planned_due_at", "provisional", "amount", "unit")


class WaterMatterMixin(models.AbstractModel):
    """A late answer is compensated for the customer of a merged contact too (S3.2.3a).

    If a scheme pays by the standard's date, the date of the lead case counts for all customers. If
    that had passed before the merge, or is paused, the customer's own date counts.
    """

    _inherit = "water.matter.mixin"

    def _after_merging(self, original):
        super()._after_merging(original)
        case = self.sudo()
        if case._is_paid_by_standard() and not case._same_customer(original):
            case._keep_own_date(original)

    def _is_paid_by_standard(self):
        rule = self._answer_rule()
        return bool(rule.is_automatic and not rule.limit_amount)

    def _keep_own_date(self, original):
        """Keep the customer's own date where the lead case's limit cannot replace it."""
        facts = self.merge_snapshot
        own = self.deadline_ids.filtered(
            lambda clock: clock.kind == "close" and clock.id in facts["clocks"]
        )[-1:]
        held = facts["held"]
        useless = original._open_clocks().filtered(
            lambda clock: clock.kind == "close" and (clock.breached_at or clock.id in held)
        )
        if not (own and useless):
            return
        values = original._given_clock("guarantee", own.due_at, self._answer_rule().name)
        values |= {name: own[name] for name in DATE} | {"calendar_id": own.calendar_id.id}
        clock = self.env["water.deadline"]._start([values])
        promises = {**facts["promises"], str(clock.id): False}
        trusted(self).merge_snapshot = {**facts, "promises": promises}

    def _take_promises_back(self, kept):
        """Let the customer's own limit run again."""
        super()._take_promises_back(kept)
        if self._is_paid_by_standard():
            clocks = self.deadline_ids.filtered(lambda row: str(row.id) in kept)
            clocks.filtered(lambda row: row.kind == "guarantee")._void()

    def _has_own_date(self):
        return "guarantee" in self._promised_to_him().mapped("kind")

    def _contact_root(self):
        root = self.sudo()
        while root.split_id:
            root = root.split_id._case()
        return root

    def _parts_of_contact(self):
        """Return all cases split off from one contact; each needs its own answer."""
        found = last = root = self._contact_root()
        link = root.env["water.case.split"]._case_field(self._name)
        while last:
            last = root.search([("split_id", "any", [(link, "in", last.ids)])]) - found
            found |= last
        return found

    def _is_household_owed(self, trigger):
        """Return whether the household is compensated for another case of the matter.

        One complaint is compensated once, however many cases it became. Refused or withdrawn ones
        do not count.
        """
        return any(
            other.compensation_ids.filtered(
                lambda row: row.trigger == trigger and not row._is_decided_against()
            )
            for other in (self._cases_of_matter() | self._parts_of_contact()) - self
            if self._same_customer(other)
        )
