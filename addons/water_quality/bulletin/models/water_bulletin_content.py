from odoo import models
from odoo.fields import Domain

from odoo.addons.water_service_desk.case.endings import NOT_JUDGED
from odoo.addons.water_service_desk.privacy.scrub import Scrubber

from ...kpi.periods import midnight
from ..spans import LENGTHS, steps

#: The figures on the first page, by the catalogue of key figures.
CODES = ("K08", "K11", "K12", "K14", "K17", "K18", "K20", "K21")
#: What is counted under another number came in once, under that.
CAME_IN = Domain("is_follow_up", "=", False)
#: What was withdrawn, merged or not accepted is no case finished, in any figure.
COUNTED = Domain("counts", "=", True)
#: Rows of each list.
SHOWN = 8
QUOTED = 5
SHORTEST = 6


class WaterBulletin(models.Model):
    """What a bulletin says, taken from the live rows when it is drawn up: numbers and ids alone."""

    _inherit = "water.bulletin"

    def _content(self):
        """The figures of the period as JSON."""
        start, end = self.period_start, self._end()
        before = start - LENGTHS[self.kind]
        return {
            "figures": self._figures(before, start, end),
            "trend": self._trend(),
            "causes": self._causes(start, end),
            "zones": self._zones(before, start, end),
            "repeats": self._repeats(start, end),
            "breaches": self._breaches(start, end),
            "late": self._late(start, end),
        }

    def _figures(self, before, start, end):
        """``[[id of a key figure, numerator, denominator, the same of the period before]]``."""
        kpis = self.env["water.kpi"]._in_force(self.company_id, self.period_end)
        found = []
        for kpi in kpis.filtered(lambda row: row.code in CODES):
            pairs = [
                kpi._count(self.company_id, *span).get(("company", False), (0, 0))
                for span in ((start, end), (before, start))
            ]
            found.append([kpi.id, *pairs[0], *pairs[1]])
        return found

    def _trend(self):
        """``[[first day, received, closed]]`` of the spans up to the end of the period."""
        return [
            [first.isoformat(), *self._volume(first, after)]
            for first, after in steps(self.kind, self._end())
        ]

    def _volume(self, first, after):
        """How many cases came and how many were closed."""
        cases = self.env["water.any.case"]
        domains = (CAME_IN & self._within(cases._name, "received_at", first, after),)
        domains += (COUNTED & self._within(cases._name, "closed_at", first, after),)
        return [cases.search_count(domain) for domain in domains]

    def _within(self, model, name, first, after):
        """Rows of the company whose moment or day lies between two days."""
        if self.env[model]._fields[name].type == "datetime":
            zone = self.company_id._water_tz()
            first, after = midnight(first, zone), midnight(after, zone)
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain(name, ">=", first)
            & Domain(name, "<", after)
        )

    def _grouped(self, model, date, field, first, after, domain=(), limit=SHOWN):
        """``[[id, count]]``, the most frequent first; rows without a value are left out."""
        rows = self.env[model]._read_group(
            self._within(model, date, first, after) & Domain(domain) & Domain(field, "!=", False),
            [field],
            ["__count"],
            order="__count DESC",
            limit=limit,
        )
        return [[getattr(key, "id", key), count] for key, count in rows]

    def _causes(self, start, end):
        """``[[cause, complaints]]`` of those that count, each matter once; the others come last."""
        judged = [("leaves_figures", "!=", True), ("state", "not in", NOT_JUDGED)]
        judged += [("is_judged_again", "!=", True)]
        span = ("water.complaint", "closed_at", "cause_id", start, end, judged)
        shown, whole = self._grouped(*span), self._grouped(*span, limit=None)
        others = sum(count for _cause, count in whole[len(shown) :])
        return [*shown, [False, others]] if others else shown

    def _zones(self, before, start, end):
        """``[[zone, now, before]]``: where most came from."""
        cases = self.env["water.any.case"]
        rows = self._grouped(cases._name, "received_at", "zone_id", start, end, CAME_IN)
        within = CAME_IN & self._within(cases._name, "received_at", before, start)
        earlier = cases._read_group(within, ["zone_id"], ["__count"])
        counts = {zone.id: count for zone, count in earlier}
        return [[zone, count, counts.get(zone, 0)] for zone, count in rows]

    def _repeats(self, start, end):
        """``[[number, category, zone, contacts]]`` of matters that came again in the period, by
        the number under which each came first; no names. What is left out of the rate of repeats
        is left out here as well."""
        again = self.env["water.complaint"].search(
            self._within("water.complaint", "received_at", start, end)
            & (Domain("repeat_of_id", "!=", False) | Domain("duplicate_of_id", "!=", False))
            & CAME_IN
            & Domain("leaves_figures", "!=", True)
            & Domain("state", "not in", ("withdrawn", "rejected"))
        )
        roots = (again.repeat_of_id | again.duplicate_of_id).sorted(
            lambda case: (-case.repeat_count, case.id)
        )
        return [
            [case.name, case.category_id.id, case.zone_id.id, case.repeat_count]
            for case in roots[:SHOWN]
        ]

    def _breaches(self, start, end):
        """``[[reason or nothing, missed, excused of them]]``."""
        missed = self._within("water.deadline", "due_at", start, end)
        missed &= self.env["water.deadline"]._missed()
        rows = self.env["water.deadline"]._read_group(
            missed, ["breach_reason", "excuse_state"], ["__count"]
        )
        found = {}
        for reason, excuse, count in rows:
            row = found.setdefault(reason or "", [reason or "", 0, 0])
            row[1] += count
            row[2] += count if excuse == "excused" else 0
        return sorted(found.values(), key=lambda row: -row[1])

    def _late(self, start, end):
        """``[[department, limits missed and not excused]]``."""
        missed = self.env["water.deadline"]._missed() & Domain("excuse_state", "!=", "excused")
        return self._grouped(
            "water.deadline", "due_at", "breached_department_id", start, end, missed
        )

    def _words(self):
        """What customers said when they confirmed, good and bad, without names and numbers.

        Nothing of confidential complaints, and nothing of restricted ones.
        """
        cases = self.env["water.complaint"].search(
            self._within("water.complaint", "closed_at", self.period_start, self._end())
            & Domain("customer_remark", "!=", False)
            & Domain("is_confidential", "=", False)
            & Domain("is_restricted", "=", False),
            order="satisfaction_result, id",
        )
        said = []
        for case in cases:
            known = (*case._erasure_words(), case.person_complained_id.name)
            words = Scrubber(known)(case.customer_remark).strip()
            if len(words) >= SHORTEST:
                said.append(f"“{words}”")
        middle = max(len(said) - QUOTED // 2, QUOTED - QUOTED // 2)
        return "\n".join(dict.fromkeys((*said[: QUOTED - QUOTED // 2], *said[middle:])))
