from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ...compensation_scheme.compensation import moment
from ...compensation_scheme.spans import merged, pairs


class WaterIncident(models.Model):
    """Low pressure is owed for when it comes again: two occasions near each other.

    Incidents of a household at the same time are one occasion, paid by the one that ended first.
    """

    _inherit = "water.incident"

    def _pressure_items(self, accounts, own):
        """Two occasions near each other, each long enough, are owed for: by account."""
        if self.kind_id.owed_for != "pressure" or not self.restored_at:
            return []
        spells = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind_id.owed_for", "=", "pressure"),
                ("restored_at", "!=", False),
                ("aware_at", ">=", self.aware_at - timedelta(days=366)),
            ]
        )
        reached = {
            spell: set(
                self.env["water.account"]
                .search(spell._accounts_domain() & Domain("id", "in", accounts.ids))
                .ids
            )
            for spell in spells
        }
        items = []
        for account in accounts:
            mine = [spell for spell in spells if account.id in reached[spell]]
            items += self._pairs_of(account, mine, own)
        return items

    def _pairs_of(self, account, spells, own):
        """The pairs of one account that this incident completes."""
        rules = self.env["water.compensation.rule"]
        day = self.company_id._water_today(self.aware_at)
        rule = rules._rule_for(self.company_id, "low_pressure", account.customer_class, day)
        if not (rule and rule.is_automatic):
            return []
        known = {spell.id: spell for spell in spells}
        occasions = [
            (begin, end, ids)
            for begin, end, ids in merged(
                (spell.aware_at, spell.restored_at, spell.id) for spell in spells
            )
            if (end - begin) > timedelta(hours=rule.occasion_hours)
        ]
        items = []
        numbered = [(occasion[0], number) for number, occasion in enumerate(occasions)]
        for pair in pairs(numbered, rule.occasion_days):
            mine = [occasions[number] for __, number in pair]
            if mine[-1][2][0] == self.id:
                facts = {"occasions": [self._occasion(known, *spell) for spell in mine]}
                item = self._item_for(account, "low_pressure", "pressure", own, facts=facts)
                items += [item] if item else []
        return items

    def _occasion(self, known, begin, end, ids):
        names = ", ".join(known[number].name for number in ids)
        return [moment(begin), moment(end), names]
