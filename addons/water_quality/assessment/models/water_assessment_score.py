from odoo import fields, models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterAssessment(models.Model):
    """Draws up lines, figures and ledger, and adds them up."""

    _inherit = "water.assessment"

    def _draw_up(self):
        """Lines of everybody assessed, their figures, and the ledger as it is final now."""
        row = trusted(self.sudo())
        sheet = row._closed_sheet()
        row.write({"sheet_id": sheet.id, "drawn_at": fields.Datetime.now()})
        row._draw_lines()
        row._draw_results()
        row._draw_entries(is_new_ones=True)
        row._price_entries()
        row._score()

    def _price_entries(self):
        """What was entered before the scheme changed is worth what the scheme says now."""
        for entry in self.entry_ids:
            if entry.kind in self.scheme_id.rule_ids.mapped("kind"):
                entry.points = entry._points(entry.line_id, entry.kind, None)

    def _draw_lines(self):
        """A line for each assessed; those who are no longer go, with what was drafted for them."""
        scheme = self.scheme_id
        is_person = self.subject == "person"
        column = "user_id" if is_person else "department_id"
        whose = scheme._people() if is_person else scheme._units()
        present = self.line_ids.mapped(column)
        self.line_ids.filtered(lambda line: line[column] not in whose).unlink()
        values = {"assessment_id": self.id, "company_id": self.company_id.id}
        self.env["water.assessment.line"].create(
            [{**values, column: one.id} for one in whose - present]
        )

    def _draw_results(self):
        """The figures of each line, as the closed sheet has them."""
        self.line_ids.result_ids.unlink()
        column = "user_id" if self.subject == "person" else "department_id"
        figures = {
            (line.kpi_id.code, line[column].id): line
            for line in self.sheet_id.line_ids
            if line.dimension == self.subject
        }
        rows = []
        for line in self.line_ids:
            for item in self.scheme_id.item_ids:
                figure = figures.get((item.kpi_id.code, line[column].id))
                rows.append(self._result_values(line, item, figure))
        self.env["water.assessment.result"].create(rows)

    def _result_values(self, line, item, figure):
        is_empty = not figure or figure.is_empty
        value = 0 if is_empty else figure.value
        share = 0 if is_empty else item._share(value)
        return {
            "line_id": line.id,
            "company_id": self.company_id.id,
            "kpi_id": item.kpi_id.id,
            "kpi_line_id": figure.id if figure else False,
            "weight": item.weight,
            "value": value,
            "is_empty": is_empty,
            "share": share,
            "points": item.weight * share / 100,
        }

    def _draw_entries(self, is_new_ones):
        """Bring the system's entries in step with what is final.

        Once the assessment is published no entry is added, for nobody could object to it; those
        whose finding fell go at any time.

        :param is_new_ones: whether new findings are entered
        """
        column = "user_id" if self.subject == "person" else "department_id"
        lines = {line[column].id: line for line in self.line_ids}
        rules = {rule.kind: rule for rule in self.scheme_id.rule_ids}
        found = self._found()
        elsewhere = self._entered_elsewhere([source for _kind, source in found])
        wanted = {
            key: values
            for key, values in found.items()
            if key[0] in rules and values[column] in lines and key not in elsewhere
            if self._is_assessed_then(values, column)
        }
        drafted = self.entry_ids.filtered("source")
        present = {(entry.kind, entry.source): entry for entry in drafted}
        for key, entry in present.items():
            held = wanted.get(key)
            if entry.state != "struck":
                stays = held and held[column] == entry[column].id
                entry.state = "counts" if stays else "dropped"
        if is_new_ones:
            fresh = [values for key, values in wanted.items() if key not in present]
            self._enter(fresh, lines, column)

    def _is_assessed_then(self, values, column):
        """Whether it lies in this period, or whose it is was assessed in that in which it lies."""
        day = self.company_id._water_today(values["happened_at"])
        rows = self._earlier().filtered(lambda one: one.period_start <= day <= one.period_end)
        return day >= self.period_start or values[column] in rows.line_ids[column].ids

    def _entered_elsewhere(self, sources):
        """``{(kind, source)}`` of what another period holds already, by the same scheme or by one
        that it replaces.

        What was dropped there, as not final then, is not held: it counts once it is.
        """
        entries = self.env["water.assessment.entry"].search(
            [
                ("assessment_id.scheme_id", "in", (self | self._earlier()).scheme_id.ids),
                ("assessment_id", "!=", self.id),
                ("assessment_state", "!=", "draft"),
                ("state", "!=", "dropped"),
                ("source", "in", sources),
            ]
        )
        return {(entry.kind, entry.source) for entry in entries}

    def _enter(self, rows, lines, column):
        entries = self.env["water.assessment.entry"]
        other = "department_id" if column == "user_id" else "user_id"
        entries.create(
            [
                {
                    **values,
                    other: False,
                    "line_id": lines[values[column]].id,
                    "assessment_id": self.id,
                    "company_id": self.company_id.id,
                    "points": entries._points(lines[values[column]], values["kind"], None),
                }
                for values in rows
            ]
        )

    def _score(self):
        """Add up each line, then rank them."""
        for row in trusted(self.sudo()):
            for line in row.line_ids:
                line.write(row._scored(line))
            row._rank()

    def _scored(self, line):
        """What a line is worth; figures that were not counted weigh nothing."""
        counted = line.result_ids.filtered(lambda result: result._counts())
        weight = sum(counted.mapped("weight"))
        base = sum(counted.mapped("points")) * 100 / weight if weight else 0
        deducted, rewarded = self._ledger(line)
        score = max(0, base + rewarded - deducted)
        return {
            "is_empty": not weight,
            "base": base,
            "deducted": deducted,
            "rewarded": rewarded,
            "score": score if weight else 0,
            **self._graded(score, bool(weight)),
        }

    def _graded(self, score, is_scored):
        """What follows from a score: stars, and whether somebody is blamed on paper."""
        scheme = self.scheme_id
        return {
            "stars": scheme._stars(score) if is_scored else 0,
            "is_noticed": is_scored and score < scheme.notice_below,
            "is_ordered": is_scored and score < scheme.order_below,
        }

    def _grade_anew(self, lines):
        """What was added and agreed to after the confirmation counts for stars, ranks and blame.

        :param lines: those of the assessment to which something was added
        """
        for line in trusted(lines.sudo()):
            line.write(self._graded(line._score_now(), not line.is_empty))
        trusted(self.sudo())._rank()

    def _ledger(self, line, without=None):
        """``(deducted, rewarded)``, each kind up to its limit; both positive.

        :param without: entries that are left out
        """
        most = {rule.kind: rule.most for rule in self.scheme_id.rule_ids}
        sums = {}
        entries = line.entry_ids - without if without else line.entry_ids
        for entry in entries.filtered(lambda entry: entry.state == "counts"):
            key = entry.kind, entry.points < 0
            sums[key] = sums.get(key, 0) + abs(entry.points)
        for (kind, is_less), total in sums.items():
            sums[kind, is_less] = min(total, most.get(kind) or total)
        lost = sum(total for (_kind, is_less), total in sums.items() if is_less)
        return lost, sum(sums.values()) - lost

    def _rank(self):
        """The same score is the same rank; who has none has no rank."""
        self.line_ids.filtered("is_empty").rank = 0
        lines = self.line_ids - self.line_ids.filtered("is_empty")
        scores = {line: round(line._score_now(), 2) for line in lines}
        for line in lines:
            line.rank = 1 + sum(score > scores[line] for score in scores.values())
