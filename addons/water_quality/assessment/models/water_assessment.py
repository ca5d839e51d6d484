from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...kpi.periods import after, first_day, midnight


class WaterAssessment(models.Model):
    """The assessment of a period: drawn up, published for objections, confirmed by two people.

    Figures come from the closed sheet of key figures of the period, entries of the ledger from
    findings that are final. What is confirmed does not move; what turns out later is an addendum.
    """

    _name = "water.assessment"
    _inherit = ["water.counted.limit.mixin", "water.steps.mixin", "water.never.deleted.mixin"]
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
        """The first day after the period."""
        return after(self.kind, self.period_start)

    def _moments(self):
        """The naive UTC moments between which findings are looked for, by the company's clock.

        What became final after an assessment before was published counts in this one: with two
        appeals that takes longer than one period.
        """
        zone = self.company_id._water_tz()
        begin = min([self.period_start, *self._earlier().mapped("period_start")])
        return midnight(begin, zone), midnight(self._end(), zone)

    def _earlier(self):
        """The published assessments that lead up to this one without a gap, for a year back."""
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
        """Whether its scheme was given up after this period."""
        later = [("scheme_id", "=", self.scheme_id.id), ("period_start", ">", self.period_start)]
        return not self.scheme_id.active and not self.search_count(later, limit=1)

    def _barred(self):
        """Who must not check or confirm it: whoever is assessed in it, or heads who is."""
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
        # sudo: water.kpi.sheet - of the same company, for whoever may draw it up
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
