from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import MANAGER, QUALITY
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted

from ...kpi.periods import after, first_day, midnight
from ...kpi.table import workbook

NOTICE = "water_quality.action_report_assessment_notice"


class WaterAssessment(models.Model):
    """The assessment of a period: drafted, published for objections, confirmed by two people.

    Figures come from the closed sheet of key figures of the period, entries of the ledger from
    final findings. A confirmed assessment is read-only; later findings become addenda.
    """

    _name = "water.assessment"
    _inherit = [
        "water.counted.limit.mixin",
        "water.steps.mixin",
        "water.never.deleted.mixin",
        "water.mixin",
    ]
    _description = "Assessment"
    _counted_limit = "objection_until"
    _counted_open = (("state", "=", "open"),)
    _order = "period_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    scheme_id = fields.Many2one(
        "water.assessment.scheme",
        string="Assessment Scheme",
        required=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(related="scheme_id.company_id", store=True, index=True)
    kind = fields.Selection(related="scheme_id.kind", store=True)
    subject = fields.Selection(related="scheme_id.subject", string="Who Is Assessed")
    period_start = fields.Date(
        string="Begins", required=True, help="Any day of the period; its first day is kept."
    )
    period_end = fields.Date(
        string="Ends", compute="_compute_period_end", store=True, help="Its last day."
    )
    sheet_id = fields.Many2one(
        "water.kpi.sheet", string="Sheet of Key Figures", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("open", "Open to Objections"),
            ("checked", "Checked"),
            ("confirmed", "Confirmed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
    )
    line_ids = fields.One2many("water.assessment.line", "assessment_id", readonly=True)
    score = fields.Float(
        compute="_compute_score",
        digits=(6, 2),
        aggregator=None,
        help="The mean of the scores that the reader may see.",
    )
    entry_ids = fields.One2many("water.assessment.entry", "assessment_id", readonly=True)
    drawn_at = fields.Datetime(string="Drawn up at", readonly=True, copy=False)
    published_at = fields.Datetime(readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    objection_until = fields.Datetime(string="Objections until", readonly=True, copy=False)
    checked_by_id = fields.Many2one("res.users", string="Checked by", readonly=True, copy=False)
    checked_at = fields.Datetime(readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)

    _period_uniq = models.Constraint(
        "UNIQUE (scheme_id, period_start)", "There is an assessment of this period already."
    )

    can_draw = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_publish = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_check = fields.Boolean(compute="_compute_can", export_string_translation=False)
    can_confirm = fields.Boolean(compute="_compute_can", export_string_translation=False)

    @api.depends("kind", "period_start")
    def _compute_period_end(self):
        for row in self:
            start = row.period_start
            row.period_end = start and row.kind and after(row.kind, start) - timedelta(days=1)

    @api.depends("scheme_id.name", "kind", "period_start")
    def _compute_name(self):
        forms = {"month": "%Y-%m", "year": "%Y"}
        for row in self:
            start = row.period_start
            part = f"{start:%Y}-Q{(start.month + 2) // 3}" if start else ""
            if start and row.kind in forms:
                part = start.strftime(forms[row.kind])
            row.name = f"{row.scheme_id.name or ''} {part}".strip()

    @api.depends("line_ids.score", "line_ids.score_text")
    @api.depends_context("uid")
    def _compute_score(self):
        # by a search, which knows the rules of the reader
        domain = [("assessment_id", "in", self.ids), ("is_empty", "=", False)]
        lines = self.env["water.assessment.line"].search(domain).grouped("assessment_id")
        for row in self:
            scores = [line._score_now() for line in lines.get(row._origin, ())]
            row.score = sum(scores) / len(scores) if scores else 0

    @api.constrains("scheme_id", "period_start")
    def _check_begins(self):
        for row in self:
            if row.period_start != first_day(row.kind, row.period_start):
                raise ValidationError(self.env._("A period begins with its first day."))

    @api.onchange("scheme_id", "period_start")
    def _onchange_period(self):
        if self.kind and self.period_start:
            self.period_start = first_day(self.kind, self.period_start)

    @api.model
    def _settled_message(self):
        return self.env._("A published assessment is not edited; see its buttons.")

    def _end(self):
        return after(self.kind, self.period_start)

    def _moments(self):
        """Return the naive UTC range of the findings, in the company's time zone.

        Findings that became final after an earlier assessment was published count in this one: two
        appeals take longer than one period.
        """
        zone = self.company_id._water_tz()
        begin = min([self.period_start, *self._earlier().mapped("period_start")])
        return midnight(begin, zone), midnight(self._end(), zone)

    def _earlier(self):
        """Return the published assessments before this one without a gap, for a year back."""
        limit = self.period_start - relativedelta(years=1)
        found, latest = self.browse(), self
        while latest:
            latest = self.browse().union(*(row._those_before() for row in latest)) - found
            latest = latest.filtered(lambda row: row.period_start >= limit)
            found |= latest
        return found

    def _those_before(self):
        """The published assessments that end where this one begins: by the same scheme, and by
        those that it replaces, which were archived after their last period.
        """
        until = self.period_start - timedelta(days=1)
        rows = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("subject", "=", self.subject),
                ("period_end", "=", until),
                ("state", "!=", "draft"),
            ]
        )
        return rows.filtered(lambda row: row.scheme_id == self.scheme_id or row._is_the_last())

    def _is_the_last(self):
        later = [("scheme_id", "=", self.scheme_id.id), ("period_start", ">", self.period_start)]
        return not self.scheme_id.active and not self.search_count(later, limit=1)

    def _barred(self):
        """Return who may not check or confirm it: the people assessed and their heads."""
        lines = self.sudo().line_ids
        return lines.user_id | lines.department_id.manager_id

    def _closed_sheet(self):
        """The closed sheet of key figures of the period.

        :raises UserError: while the period runs, or where there is none
        """
        if self.company_id._water_today() < self._end():
            raise UserError(
                self.env._(
                    "The period runs until %s. It is assessed after it.",
                    fields.Date.to_string(self.period_end),
                )
            )
        # sudo: water.kpi.sheet - of the same company, for the author of the assessment
        sheet = self.env["water.kpi.sheet"].sudo()
        sheet = sheet.search(
            [
                ("company_id", "=", self.company_id.id),
                ("kind", "=", self.kind),
                ("period_start", "=", self.period_start),
                ("state", "=", "closed"),
            ]
        )
        if not sheet:
            raise UserError(
                self.env._("Close the sheet of key figures of %s first.", self.period_start)
            )
        return sheet

    # -- score ---------------------------------------------------------------------------------
    # Draws up lines, figures and ledger, and adds them up.

    def _draw_up(self):
        """Draft the lines, their figures, and the ledger of findings that are final now."""
        row = trusted(self.sudo())
        sheet = row._closed_sheet()
        row.write({"sheet_id": sheet.id, "drawn_at": fields.Datetime.now()})
        row._draw_lines()
        row._draw_results()
        row._draw_entries(is_new_ones=True)
        row._price_entries()
        row._score()

    def _price_entries(self):
        for entry in self.entry_ids:
            if entry.kind in self.scheme_id.rule_ids.mapped("kind"):
                entry.points = entry._points(entry.line_id, entry.kind, None)

    def _draw_lines(self):
        """Create missing lines, and delete those of people who are no longer assessed."""
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
        """Bring the system's entries in step with the final findings.

        After publication no entry is added, since objections would be impossible; entries whose
        finding fell are removed at any time.

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
        day = self.company_id._water_today(values["happened_at"])
        rows = self._earlier().filtered(lambda one: one.period_start <= day <= one.period_end)
        return day >= self.period_start or values[column] in rows.line_ids[column].ids

    def _entered_elsewhere(self, sources):
        """Return ``{(kind, source)}`` entered in another period by this scheme or its predecessor.

        Entries dropped there because they were not final count here once they are.
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
        for row in trusted(self.sudo()):
            for line in row.line_ids:
                line.write(row._scored(line))
            row._rank()

    def _scored(self, line):
        """Return the score of a line; figures without a value have no weight."""
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
        scheme = self.scheme_id
        return {
            "stars": scheme._stars(score) if is_scored else 0,
            "is_noticed": is_scored and score < scheme.notice_below,
            "is_ordered": is_scored and score < scheme.order_below,
        }

    def _grade_anew(self, lines):
        """Recompute stars, ranks and notices after agreed addenda.

        :param lines: those of the assessment that got an addendum
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
        self.line_ids.filtered("is_empty").rank = 0
        lines = self.line_ids - self.line_ids.filtered("is_empty")
        scores = {line: round(line._score_now(), 2) for line in lines}
        for line in lines:
            line.rank = 1 + sum(score > scores[line] for score in scores.values())

    # -- steps ---------------------------------------------------------------------------------
    # The way of an assessment: drawn up, published, checked by one, confirmed by another.

    @api.depends("state", "drawn_at", "checked_by_id", "line_ids")
    @api.depends_context("uid")
    def _compute_can(self):
        user = self.env.user
        keeps = user.has_group(QUALITY) or user.has_group(MANAGER)
        for row in self:
            may = keeps and user not in row._barred()
            row.can_draw = may and row.state == "draft"
            row.can_publish = row.can_draw and bool(row.drawn_at)
            row.can_check = may and row.state == "open"
            second = user.has_group(MANAGER) and user != row.checked_by_id
            row.can_confirm = may and row.state == "checked" and second

    @api.model_create_multi
    def create(self, vals_list):
        """An assessment begins with the first day of its period, whichever day was given."""
        for vals in vals_list:
            day = fields.Date.to_date(vals.get("period_start"))
            scheme = self.env["water.assessment.scheme"].browse(vals.get("scheme_id") or [])
            if day and scheme.exists():
                vals["period_start"] = first_day(scheme.kind, day)
        return super().create(vals_list)

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if names & {"scheme_id", "period_start"} and any(self.mapped("drawn_at")):
            raise UserError(self.env._("It is drawn up: make another assessment."))

    def _check_keeps(self):
        self.check_access("read")
        user = self.env.user
        if not (user.has_group(QUALITY) or user.has_group(MANAGER)):
            raise AccessError(self.env._("Quality and managers keep assessments."))
        for row in self:
            if user in row._barred():
                raise AccessError(self.env._("You cannot assess yourself or your own department."))

    def action_draw_up(self):
        """Draw figures and findings into a draft again.

        :raises AccessError: except by quality and managers who are not assessed in it
        :raises UserError: during the period, or without its closed sheet
        """
        self._check_keeps()
        for row in self:
            if row.state != "draft":
                raise UserError(self.env._("Only a draft is drawn up anew."))
            row.scheme_id._check_usable()
            row._draw_up()
        return True

    def action_publish(self):
        """Publish it for objections and notify the people assessed.

        :raises UserError: if it is no draft, or was not drawn up
        """
        self._check_keeps()
        now = fields.Datetime.now()
        for row in self:
            if row.state != "draft" or not row.drawn_at:
                raise UserError(self.env._("Draw the assessment up first."))
            calendar = row.company_id._water_calendar()
            days = row.scheme_id.objection_days
            until, provisional = calendar._water_due_at(now, days, "working_day")
            if provisional:
                raise UserError(self.env._("Load the holidays of the year first."))
            values = {"state": "open", "published_at": now, "published_by_id": self.env.uid}
            trusted(row.sudo()).write({**values, "objection_until": until})
            row._keep_count(now, days, calendar)
            row._tell_assessed()
        return True

    def _tell_assessed(self):
        for line in self.sudo().line_ids:
            tell_staff(
                line,
                line.user_id | line.department_id.manager_id,
                lambda one: one.env._("Your assessment %s is published", one.assessment_id.name),
                lambda one: one.env._("Look at it; you may object until the date it names."),
                is_list=True,
            )

    def action_check(self):
        """Check it as the first person: the time for objections is over, all are decided.

        :raises UserError: while an objection is possible or open
        """
        self._check_keeps()
        for row in self:
            if row.state != "open":
                raise UserError(self.env._("Only what was open to objections is checked."))
            if fields.Datetime.now() <= row.objection_until:
                raise UserError(self.env._("The time for objections is not over yet."))
            if row.sudo().line_ids.objection_ids.filtered(lambda one: one.state == "open"):
                raise UserError(self.env._("Decide on the open objections first."))
            row._settle()
        now = fields.Datetime.now()
        values = {"state": "checked", "checked_by_id": self.env.uid, "checked_at": now}
        return trusted(self.sudo()).write(values)

    def _settle(self):
        """Drop entries that are no longer final, and compute the scores again."""
        row = trusted(self.sudo())
        row._draw_entries(is_new_ones=False)
        row._score()

    def action_confirm(self):
        """Confirm it as the second person, a manager other than the checker; it is read-only then.

        :raises AccessError: by anyone else
        """
        self._check_keeps()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Managers confirm assessments."))
        for row in self:
            if row.state != "checked":
                raise UserError(self.env._("An assessment is checked before it is confirmed."))
            if row.checked_by_id == self.env.user:
                raise AccessError(self.env._("The person who checked it cannot confirm it."))
            row._settle()
        now = fields.Datetime.now()
        values = {"state": "confirmed", "confirmed_by_id": self.env.uid, "confirmed_at": now}
        return trusted(self.sudo()).write(values)

    # -- objection -----------------------------------------------------------------------------

    def _check_role(self):
        """Refuse users outside quality and management; ``_barred`` checks own interests.

        :raises AccessError: why
        """
        self.check_access("read")
        self.env["water.assessment.entry"].new({})._check_decides()

    # -- output --------------------------------------------------------------------------------
    # Export and print of a confirmed assessment.

    def _check_confirmed(self):
        self.check_access("read")
        if any(row.state != "confirmed" for row in self):
            raise UserError(self.env._("Confirm the assessment first."))

    def action_open_lines(self):
        """Open the lines that the reader may see."""
        self.ensure_one()
        self.check_access("read")
        domain = [("assessment_id", "=", self.id)]
        return windows.rows("water.assessment.line", self.name, domain, {"create": False})

    def action_save_table(self):
        """Save it for payroll."""
        self.ensure_one()
        self._check_confirmed()
        url = f"/water/assessment/{self.id}/table"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _check_printed(self, report_name):
        """Refuse to print a notice before the assessment is confirmed.

        :raises UserError: before that
        """
        self._check_confirmed()

    def action_print_notice(self):
        """Print the notice of criticism (通报)."""
        self._check_confirmed()
        return self.env.ref(NOTICE).report_action(self)

    def _as_table(self):
        """Return ``(file name, bytes)`` for payroll with the lines that the user may read.

        :raises UserError: if it is not confirmed
        """
        self.ensure_one()
        self._check_confirmed()
        # by a search, which knows the rules of the reader
        lines = self.env["water.assessment.line"].search([("assessment_id", "=", self.id)])
        head = [
            self.env._("Rank"),
            self.env._("Assessed"),
            self.env._("By Figures"),
            self.env._("Deductions"),
            self.env._("Rewards"),
            self.env._("Addenda"),
            self.env._("Score"),
            self.env._("Stars"),
        ]
        above = [self.company_id.sudo().name, self.name]
        page = (self.env._("Assessment"), above, head, [line._table_row() for line in lines])
        return f"assessment-{self.id}-{self.period_start}.xlsx", workbook([page])

    def _day(self, at):
        local = self.with_context(tz=self.company_id._water_tz())
        return fields.Datetime.context_timestamp(local, at).date()
