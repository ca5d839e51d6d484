from datetime import datetime

from odoo import api, models
from odoo.fields import Domain

from ...compensation_scheme.compensation import instant, moment, plain
from ...compensation_scheme.spans import joined

#: Families whose hours are paid for, and the fields that hold when it began and when it was over.
SPELLS = {"supply": ("aware_at", "restored_at"), "water": ("quality_from", "quality_until")}


class WaterIncident(models.Model):
    """Incidents of one household at the same time: no hour is paid for twice (domain 4.1).

    The law knows no incidents but the interruption of a household's supply, from when the
    company is aware of it until the water is back (SI 2008/594 regs 8, 9; “already paid for the
    same incident” owes nothing). So incidents for which the same limit holds are one interruption
    where they lie in each other's time: whichever ends pays for all of it until then, less what
    those that ended before it pay for. Where limits differ (planned work, a strategic main), each
    counts from its own beginning, and hours that are late by both are paid once.

    Assumption: an incident that a household is exempt from, or for which paying was refused, is
    no part of the interruption; the others count as if it had not been.
    """

    _inherit = "water.incident"

    def _spell_of(self, family):
        begin, end = SPELLS.get(family, SPELLS["supply"])
        return self[begin], self[end]

    def _trigger_of(self, family):
        """Which kind of failure it is, over or not; None where it is none of the family."""
        if family == "water":
            return self.quality_notice and f"water_{self.quality_notice}"
        if self.kind_id.owed_for == "planned":
            return "supply_planned"
        if self.kind_id.owed_for == "supply":
            return "supply_strategic" if self.strategic_main else "supply"
        return None

    def _order_of(self, family):
        """Those that ended first pay first."""
        return self._spell_of(family)[1] or datetime.max, self.id

    # -- what lies in the same time ---------------------------------------------------------------

    def _overlapping(self, family, first, last):
        """Other incidents that lie, or go on, between two moments."""
        begin, end = SPELLS[family]
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self.id)
            & Domain("state", "not in", ("proposed", "dismissed"))
            & Domain(begin, "<", last)
            & (Domain(end, "=", False) | Domain(end, ">", first))
        )
        # sudo: water.incident - what a household is owed does not depend on who looks
        found = self.sudo().search(domain)
        return found.filtered(lambda row: row._trigger_of(family))

    def _in_its_time(self, family):
        """Those that lie in its time, or in that of one that does."""
        first, last = self._spell_of(family)
        found = None
        while True:
            rows = self._overlapping(family, first, last)
            if rows == found:
                return rows
            found = rows
            first = min([first, *(row._spell_of(family)[0] for row in rows)])

    def _beside(self):
        """Incidents whose amounts depend on this one's facts, or the other way round."""
        found = self.browse()
        for incident in self.filtered(lambda row: row._has_scheme()):
            for family in SPELLS:
                first, last = incident._spell_of(family)
                if first:
                    found |= incident._overlapping(family, first, last or datetime.max)
        return found - self

    def _later_ones(self):
        """Those beside it that ended later: they pay what this one does not."""
        return self._beside().filtered(
            lambda row: any(
                row._spell_of(family)[1] and row._order_of(family) > self._order_of(family)
                for family in SPELLS
            )
        )

    # -- by account -------------------------------------------------------------------------------

    def _interruptions(self, accounts, trigger, family):
        """``{account: what befell it at the same time}``; none where nothing did.

        That is ``begin`` of the interruption, ``pauses`` of the others in it, and ``rows``: what
        those that ended before pay for.
        """
        others = self._in_its_time(family) if family in SPELLS else self.browse()
        rows = self._rows_beside(others, accounts)
        found = {}
        for other in others:
            reached = Domain("id", "in", accounts.ids) & other._accounts_domain()
            reached = accounts.search(reached)
            own = other._own_exemptions(reached)
            for account in reached:
                key = other._key_of(family, account)
                facts, row = own.get(key, own["shared"]), rows.get(key)
                if not facts.get("exempt") and not (row and row._is_decided_against()):
                    found.setdefault(account, {})[other] = facts, row
        return {account: self._befell(trigger, family, mine) for account, mine in found.items()}

    def _rows_beside(self, others, accounts):
        """``{origin key: compensation}`` of the others' entitlements."""
        domain = Domain("incident_id", "in", others.ids) & Domain("account_id", "in", accounts.ids)
        domain &= Domain("penalty_of_id", "=", False) & Domain("origin_key", "!=", False)
        rows = self.env["water.compensation"].sudo()
        return {row.origin_key: row for row in (rows.search(domain) if others else rows)}

    def _key_of(self, family, account):
        return f"incident:{self.id}:{family}:{account.id}"

    def _befell(self, trigger, family, found):
        """:param found: ``{incident: (facts of exemptions, its compensation or None)}``"""
        spells = {
            other: (first, last or datetime.max)
            for other in found
            if other._trigger_of(family) == trigger
            for first, last in [other._spell_of(family)]
        }
        begin, inside = joined(self._spell_of(family), spells)
        before = [
            row
            for other, (__, row) in found.items()
            if row and other._order_of(family) < self._order_of(family)
        ]
        pauses = [pause for other in inside for pause in found[other][0].get("pauses", ())]
        return {"begin": begin, "pauses": pauses, "rows": before}

    @api.model
    def _one_interruption(self, facts, beside):
        """Facts of an incident that is one interruption with others, of which they pay a part."""
        pauses, rows = beside["pauses"], beside["rows"]
        late = {
            row: (instant(row.facts["limit"]), instant(row.facts["end"]))
            for row in rows
            if row._owed_now() and row.facts.get("limit")
        }
        limit, paid = joined((instant(facts["limit"]), instant(facts["end"])), late)
        paid = sorted(paid, key=lambda row: row.id)
        begins = [facts["begin"], *(row.facts["begin"] for row in paid)]
        pauses = [*pauses, *(pause for row in paid for pause in row.facts.get("pauses", ()))]
        pauses = {tuple(pause) for pause in [*facts.get("pauses", ()), *pauses]}
        facts = {**facts, "begin": min(begins), "limit": moment(limit)}
        facts |= {"pauses": sorted(map(list, pauses))} if pauses else {}
        before = [[row.incident_id.name, plain(row._owed_now())] for row in paid]
        return facts | ({"before": before} if before else {})
