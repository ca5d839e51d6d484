from odoo import models
from odoo.tools import format_list

from ..charts import bars, lines

EMPTY = "–"


class WaterBulletin(models.Model):
    """The page: what was drawn up, in the language of the environment."""

    _inherit = "water.bulletin"

    def _drafted(self):
        """The text that follows from the figures; whoever edits it says what they mean."""
        received, closed = self.content["trend"][-1][1:] if self._is_one_step() else self._sums()
        parts = [
            self.env._(
                "%(received)s cases were received and %(closed)s closed.",
                received=received,
                closed=closed,
            )
        ]
        off = [row["name"] for row in self._figure_rows() if row["light"] == "missed"]
        if off:
            parts.append(self.env._("Off target: %s.", format_list(self.env, off)))
        if self.content["causes"]:
            parts.append(
                self.env._("Most frequent cause: %s.", self._cause_rows()[0][0]),
            )
        missed = sum(row[1] - row[2] for row in self.content["breaches"])
        if missed:
            parts.append(self.env._("%s time limits were missed.", missed))
        return "\n".join(parts)

    def _is_one_step(self):
        """Whether the last step of the trend is the period itself."""
        return self.kind in ("day", "month")

    def _sums(self):
        """Received and closed in the period: a week is seven days, a year twelve months."""
        rows = self.content["trend"][-7 if self.kind == "week" else -12 :]
        return [sum(row[place] for row in rows) for place in (1, 2)]

    def _figure_rows(self):
        """Figures with target, light and difference to the period before."""
        kpis = self.env["water.kpi"]
        rows = []
        for kpi_id, *numbers in self.content["figures"]:
            kpi = kpis.browse(kpi_id)
            now, before = kpi._value(*numbers[:2]), kpi._value(*numbers[2:])
            target = kpi._target(self.company_id, self.period_end)
            rows.append(
                {
                    "name": kpi.name,
                    "value": kpi._written(now),
                    "before": kpi._written(before),
                    "target": kpi._written(target.target) if target else EMPTY,
                    "light": target._light(now) if now is not None else False,
                }
            )
        return rows

    def _lights(self):
        return dict(self.env["water.kpi.line"]._fields["light"]._description_selection(self.env))

    def _named(self, model, record_id):
        """The name of what a row is about; a dash for nothing."""
        return self.env[model].browse(record_id).exists().name or EMPTY if record_id else EMPTY

    def _cause_rows(self):
        """``[(cause, count, share of all up to it)]``: a Pareto."""
        rows, total = self.content["causes"], sum(row[1] for row in self.content["causes"])
        found, so_far = [], 0
        for cause, count in rows:
            so_far += count
            name = self._named("water.cause", cause) if cause else self.env._("Other causes")
            found.append((name, count, f"{so_far / total:.0%}"))
        return found

    def _zone_rows(self):
        return [
            (self._named("water.zone", zone), now, before)
            for zone, now, before in self.content["zones"]
        ]

    def _repeat_rows(self):
        return [
            (
                number,
                self._named("water.category", category),
                self._named("water.zone", zone),
                count,
            )
            for number, category, zone, count in self.content["repeats"]
        ]

    def _breach_rows(self):
        reasons = dict(
            self.env["water.deadline"]._fields["breach_reason"]._description_selection(self.env)
        )
        unsaid = self.env._("Not explained")
        return [
            (reasons.get(reason, unsaid), missed, excused)
            for reason, missed, excused in self.content["breaches"]
        ]

    def _late_rows(self):
        return [(self._named("water.department", row[0]), row[1]) for row in self.content["late"]]

    def _trend_chart(self):
        """The line of cases received and closed, as SVG."""
        rows = self.content["trend"]
        shown = slice(0, 7) if self.kind in ("month", "year") else slice(5, 10)
        labels = [row[0][shown] for row in rows]
        received, closed = self.env._("Cases received"), self.env._("Cases closed")
        return lines(labels, {received: [row[1] for row in rows], closed: [row[2] for row in rows]})

    def _cause_chart(self):
        return bars([row[:2] for row in self._cause_rows()])

    def _zone_chart(self):
        return bars([row[:2] for row in self._zone_rows()])

    def _text(self):
        """The edited text in the language of the environment."""
        is_chinese = (self.env.lang or "").startswith("zh")
        return (self.text_zh if is_chinese else self.text_en) or ""

    def _title(self):
        titles = {
            "day": self.env._("Daily Report on Customer Service"),
            "week": self.env._("Weekly Report on Customer Service"),
            "month": self.env._("Monthly Report on Customer Service"),
            "year": self.env._("Yearly Report on Customer Service"),
        }
        return titles[self.kind]
