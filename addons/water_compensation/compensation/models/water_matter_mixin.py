from odoo import models

from odoo.addons.water_service_desk.base.trust import trusted

#: What a date of one's own takes over from the limit of the standard that gave it.
DATE = ("started_at", "planned_due_at", "provisional", "amount", "unit")


class WaterMatterMixin(models.AbstractModel):
    """Whoever's contact was merged is owed for a late answer, as the other customer is (S3.2.3a).

    Where a scheme pays by the date of the standard, the date of the case that is handled is what
    all were told, and they are owed by it. Where that had passed before he was merged, or stands
    still, his own date holds.
    """

    _inherit = "water.matter.mixin"

    def _after_merging(self, original):
        super()._after_merging(original)
        case = self.sudo()
        if case._is_paid_by_standard() and not case._same_customer(original):
            case._keep_own_date(original)

    def _is_paid_by_standard(self):
        """Whether the scheme pays when the standard is missed, and not by a limit of its own."""
        rule = self._answer_rule()
        return bool(rule.is_automatic and not rule.limit_amount)

    def _keep_own_date(self, original):
        """The date that he was promised runs on beside a limit that cannot stand for it."""
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
        """His own limit runs again by itself."""
        super()._take_promises_back(kept)
        if self._is_paid_by_standard():
            clocks = self.deadline_ids.filtered(lambda row: str(row.id) in kept)
            clocks.filtered(lambda row: row.kind == "guarantee")._void()

    def _has_own_date(self):
        return "guarantee" in self._promised_to_him().mapped("kind")

    def _contact_root(self):
        """The case that came in, of which this one is a part; itself where it was not split."""
        root = self.sudo()
        while root.split_id:
            root = root.split_id._case()
        return root

    def _parts_of_contact(self):
        """All cases into which what came in at once was split: each is answered by itself."""
        found = last = root = self._contact_root()
        link = root.env["water.case.split"]._case_field(self._name)
        while last:
            last = root.search([("split_id", "any", [(link, "in", last.ids)])]) - found
            found |= last
        return found

    def _is_household_owed(self, trigger):
        """Whether his household is owed for another case of the matter: one lateness, one sum.

        Whoever has complained once is owed once, however many cases were made of it. What was
        refused or taken back is no payment: it neither counts nor stands in the way.
        """
        return any(
            other.compensation_ids.filtered(
                lambda row: row.trigger == trigger and not row._is_decided_against()
            )
            for other in (self._cases_of_matter() | self._parts_of_contact()) - self
            if self._same_customer(other)
        )
