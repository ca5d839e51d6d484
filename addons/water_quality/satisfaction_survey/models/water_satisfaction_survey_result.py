from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base import windows

from ...kpi.table import workbook
from .water_satisfaction_survey_draw import LINKS

#: a customer is satisfied from this score on
SATISFIED = 4


class WaterSatisfactionSurvey(models.Model):
    """What came of a survey: the rates, the list for the third party, the published figures."""

    _inherit = "water.satisfaction.survey"

    drawn_count = fields.Integer(string="In the Sample", compute="_compute_drawn")
    answered_count = fields.Integer(string="Have Answered", compute="_compute_counts")
    response = fields.Char(
        string="Response Rate",
        compute="_compute_counts",
        help="Of the sample, whoever was reached and answered.",
    )
    satisfaction = fields.Char(
        string="Satisfaction Rate",
        compute="_compute_counts",
        help="Of those who answered, whoever gave 4 or 5 of 5.",
    )
    average = fields.Float(
        string="Average (1 to 5)", compute="_compute_counts", digits=(3, 2), aggregator=None
    )

    @api.depends("line_ids")
    @api.depends_context("uid", "su")
    def _compute_drawn(self):
        """What the button leads to: nobody learns that a case about himself was drawn."""
        lines = self.env["water.satisfaction.survey.line"]
        rows = lines._read_group([("survey_id", "in", self.ids)], ["survey_id"], ["__count"])
        counts = {survey.id: count for survey, count in rows}
        for row in self:
            row.drawn_count = counts.get(row._origin.id, 0)

    @api.depends("line_ids.result", "line_ids.score")
    def _compute_counts(self):
        # sudo: water.satisfaction.survey.line - numbers alone, those of hidden cases too
        lines = self.env["water.satisfaction.survey.line"].sudo()
        here = [("survey_id", "in", self.ids)]
        spec = ["survey_id", "result", "score"]
        counts = {row.id: [] for row in self}
        for survey, result, score, count in lines._read_group(here, spec, ["__count"]):
            counts[survey.id].append((result, score, count))
        for row in self:
            row._set_counts(counts.get(row._origin.id, []))

    def _set_counts(self, counts):
        """The rates from ``[(result, score, how many)]``; nothing is said of nobody."""
        drawn = sum(count for _result, _score, count in counts)
        answers = [(score, count) for result, score, count in counts if result == "answered"]
        answered = sum(count for _score, count in answers)
        content = sum(count for score, count in answers if score >= SATISFIED)
        self.answered_count = answered
        self.response = self._rate(answered, drawn)
        self.satisfaction = self._rate(content, answered)
        total = sum(score * count for score, count in answers)
        self.average = total / answered if answered else 0.0

    @api.model
    def _rate(self, part, whole):
        return f"{100 * part / whole:.1f} %" if whole else "–"

    def action_open_lines(self):
        """Open the sample, by what came of it."""
        self.ensure_one()
        self.check_access("read")
        domain = [("survey_id", "=", self.id)]
        model = "water.satisfaction.survey.line"
        return windows.rows(model, self.name, domain, {"create": False}, "list,pivot")

    # -- the list for the third party -----------------------------------------------------

    def action_save_table(self):
        """Save the list of those to be asked."""
        self.ensure_one()
        self.check_access("read")
        url = f"/water/survey/{self.id}/table"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _as_table(self):
        """``(file name, bytes)``: numbers, names and telephones of those to be asked.

        :raises AccessError: by anybody who may not take personal data out
        """
        self.ensure_one()
        self._check_turn("drawn")
        if not self.env["water.export.mixin"]._exports_plain():
            raise AccessError(self.env._("The privacy officer hands the list out."))
        # by a search, which knows the rules of the reader
        lines = self.env["water.satisfaction.survey.line"].search([("survey_id", "=", self.id)])
        self.env["water.export"]._keep_export(lines, "number, name, phone", False)
        head = [
            self.env._("No."),
            self.env._("Case Number"),
            self.env._("Name"),
            self.env._("Telephone"),
            self.env._("Matter"),
            self.env._("Result of Asking"),
        ]
        rows = [line._table_row() for line in lines]
        above = [self.company_id.name, self.name]
        page = (self.env._("Sample Drawn"), above, head, rows)
        return f"survey-{self.id}.xlsx", workbook([page])

    # -- what everybody reads -------------------------------------------------------------

    @api.model
    def _published(self, company):
        """The published surveys of a company, the latest first, as cards for everybody."""
        # sudo: water.satisfaction.survey - published figures alone
        rows = self.sudo().search(self._published_domain(company), limit=10)
        return [row._public_card() for row in rows]

    @api.model
    def _has_published(self, company):
        """Whether there is a page of figures to lead to."""
        # sudo: water.satisfaction.survey - published figures alone
        return bool(self.sudo().search_count(self._published_domain(company), limit=1))

    @api.model
    def _published_domain(self, company):
        return [("state", "=", "published"), ("company_id", "=", company.id)]

    def _public_card(self):
        return {
            "name": self.name,
            "agency": self.agency or "",
            "period": self.env._(
                "Matters settled from %(begin)s to %(end)s",
                begin=self.date_from,
                end=self.date_to,
            ),
            "sample": self.drawn_count,
            "answered": self.answered_count,
            "response": self.response,
            "satisfaction": self.satisfaction,
            "average": f"{self.average:.2f}" if self.answered_count else "–",
            "measures": self.measures,
        }


class WaterSatisfactionSurveyLine(models.Model):
    _inherit = "water.satisfaction.survey.line"

    def _table_row(self):
        """One customer for the third party; what it is about is no more than the category."""
        # sudo: case - the customer of a case that the reader sees in the sample
        case = next(self.sudo()[link] for link in LINKS if self.sudo()[link])
        partner = case.partner_id
        label = dict(self._fields["result"]._description_selection(self.env)).get(self.result, "")
        phone = partner.phone or partner.email or ""
        matter = self.category_id.name or ""
        return [self.place, self.number, partner.name or "", phone, matter, label]
