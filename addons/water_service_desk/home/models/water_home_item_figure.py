from odoo import models
from odoo.fields import Domain

from ..columns import counting
from .water_home_item import moment


class WaterHomeItem(models.Model):
    """Figures of the first page: a number, or a rate, of today, this month and the last one."""

    _inherit = "water.home.item"

    def _figures(self, kept):
        """``{"items", "told_at"}``: the figures, and since when those of very many rows stand."""
        definitions = [item._definition() for item in self]
        told_at = kept.told_at(self._days()["day"], definitions)
        return {
            "items": [item._figure(kept.figures) for item in self],
            "told_at": moment(told_at),
        }

    def _figure(self, kept):
        """What the page shows of a figure.

        :param kept: what the reader's days came to, figures of ``Kept``
        """
        self.ensure_one()
        days = self._days()
        periods = {
            "day": (days["day"], days["tomorrow"]),
            "month": (days["month"], days["tomorrow"]),
            "last": (days["month_before"], days["month"]),
        }
        counts = self._counts(periods, *kept.get(self._definition(), (days["month_before"], {})))
        values = {key: self._told_number(*pair) for key, pair in counts.items()}
        target = self.target if self.part_domain else False
        return {
            "id": self.id,
            "name": self.name,
            "target": target,
            "is_rate": bool(self.part_domain),
            "is_good": not target or values["month"] is None or values["month"] >= target,
            "action": self.action_id.id,
            "domain": self._evaluated(self.domain) + self._within(*periods["month"]),
            **values,
        }

    def _told_number(self, whole, part):
        """The number of rows, or the rate in per cent; ``None`` of nothing."""
        if not self.part_domain:
            return whole
        return round(100 * part / whole, 1) if whole else None

    def _definition(self):
        """What is counted, as one text: a count of something else is not taken for it."""
        by = self.date_field or self.person_field
        return repr((self.id, self.model, self.domain, self.part_domain, by))

    def _counts(self, periods, since, days):
        """Of each period the number of rows, and of those that count: ``{key: (all, part)}``.

        :param periods: ``{key: (first day, day after the last)}``
        :param since: the day from which on rows are looked through
        :param days: what those before came to, ``{day as text: (all, part)}``
        """
        live = {key: (max(first, since), end) for key, (first, end) in periods.items()}
        live = {key: period for key, period in live.items() if period[0] < period[1]}
        counts = dict.fromkeys(periods, (0, 0)) | self._live_counts(live)
        for key, (first, end) in periods.items():
            inside = (str(first), str(min(end, since)))
            told = [pair for day, pair in days.items() if inside[0] <= day < inside[1]]
            counts[key] = tuple(map(sum, zip(counts[key], *told, strict=True)))
        return counts

    def _live_counts(self, periods):
        """The rows are looked through once for all periods: there may be very many."""
        if not periods:
            return {}
        begins, ends = zip(*periods.values(), strict=True)
        span = min(begins), max(ends)
        rows = self.env[self.model].sudo(False)
        query = rows._search(self._counted(*span))
        if query.is_empty():
            return {}
        part = Domain(self._evaluated(self.part_domain or "[]"))
        wanted = list(dict.fromkeys(periods.values()))  # the month that begins today is today
        inside = [Domain(self._within(*period) if period != span else []) for period in wanted]
        asked = [domain & more for more in (Domain.TRUE, part) for domain in inside]
        [numbers] = self.env.execute_query(query.select(*counting(rows, query, asked)))
        pairs = zip(numbers[: len(wanted)], numbers[len(wanted) :], strict=True)
        counts = dict(zip(wanted, pairs, strict=True))
        return {key: counts[period] for key, period in periods.items()}

    def _day_counts(self, first, end):
        """Of each day the number of rows, and of those that count.

        :param first: a day of the reader's company
        :param end: the day after the last
        :return: ``{day as text: (all, part)}``, without the days that have none
        """
        here = self.env.company.sudo()._water_tz()
        rows = self.env[self.model].sudo(False).with_context(tz=here)
        asked = self._counted(first, end)
        part = asked & Domain(self._evaluated(self.part_domain or "[]"))
        whole, part = (
            dict(rows._read_group(domain, [f"{self.date_field}:day"], ["__count"]))
            for domain in (asked, part)
        )
        return {str(day.date()): (count, part.get(day, 0)) for day, count in whole.items()}

    def _counted(self, first, end):
        return Domain(self._evaluated(self.domain)) & Domain(self._within(first, end))

    def _within(self, first, end):
        """The rows of the days from ``first`` to the one before ``end``."""
        name = self.date_field
        bounds = self._begin(first), self._begin(end)
        return [(name, ">=", bounds[0]), (name, "<", bounds[1])] if name else []
