import secrets
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.roles import MANAGER
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.clock.working_time import wall_moment

from ...kpi.table import workbook

#: rows looked at in one go while customers who were drawn already are passed over
STEP = 2000
LINKS = ("complaint_id", "inquiry_id", "request_id")
#: a customer is satisfied from this score on
SATISFIED = 4


class WaterSatisfactionSurvey(models.Model):
    """A survey among customers by a third party, at least once a year (S2.2.2; ISO 10004).

    The sample is drawn from the settled cases of a period by their numbers, so that the company
    cannot choose the customers; the third party asks them, its results are imported, and the
    figures are published with the measures. Customers who were not reached are counted separately.
    """

    _name = "water.satisfaction.survey"
    _inherit = ["water.steps.mixin", "water.never.deleted.mixin", "mail.thread", "water.mixin"]
    _description = "Satisfaction Survey"
    _order = "date_to desc, id desc"
    _mail_post_access = "read"
    _settable_on_create = frozenset({"company_id"})

    name = fields.Char(required=True, help="Such as: Survey 2026.", tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    agency = fields.Char(string="Third Party", help="Who asks the customers.")
    date_from = fields.Date(string="Settled from", required=True)
    date_to = fields.Date(string="Settled until", required=True)
    size = fields.Integer(string="Sample", required=True, default=400, aggregator=None)
    seed = fields.Char(
        required=True,
        help="Words that decide the sample. When it is drawn, the system adds random ones that no "
        "one knows in advance; with both, anyone can repeat the draw.",
    )
    population = fields.Integer(
        string="Customers in Question", readonly=True, copy=False, aggregator=None
    )
    drawn_at = fields.Datetime(string="Drawn", readonly=True, copy=False)
    line_ids = fields.One2many(
        "water.satisfaction.survey.line", "survey_id", string="Sample Drawn", readonly=True
    )
    measures = fields.Text(
        string="What Is Done about It", help="Published with the figures, in customers' words."
    )
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    published_at = fields.Datetime(string="Published on", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("drawn", "Visiting"),
            ("closed", "Results Counted"),
            ("published", "Published"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )

    _size_sane = models.Constraint(
        "CHECK (size BETWEEN 1 AND 20000)", "A sample holds 1 to 20,000 cases."
    )
    _period_sane = models.Constraint(
        "CHECK (date_to >= date_from)", "The period ends after it begins."
    )

    drawn_count = fields.Integer(string="In the Sample", compute="_compute_drawn")
    answered_count = fields.Integer(string="Have Answered", compute="_compute_counts")
    response = fields.Char(
        string="Response Rate",
        compute="_compute_counts",
        help="Share of the sample that was reached and answered.",
    )
    satisfaction = fields.Char(
        string="Satisfaction Rate",
        compute="_compute_counts",
        help="Share of respondents who gave 4 or 5 of 5.",
    )
    average = fields.Float(
        string="Average (1 to 5)", compute="_compute_counts", digits=(3, 2), aggregator=None
    )

    @api.constrains("date_to", "state")
    def _check_period(self):
        for row in self.filtered(lambda one: one.state != "draft"):
            if row.date_to >= row.company_id._water_today():
                raise ValidationError(self.env._("The period has not ended yet."))

    def _check_by_hand(self, names):
        if names == {"measures"} and all(row.state in ("drawn", "closed") for row in self):
            self._refuse_readonly(names)
        else:
            super()._check_by_hand(names)

    @api.model
    def _settled_message(self):
        return self.env._("The sample is drawn: period, size and seed stay as they were.")

    def _check_turn(self, state):
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors look after surveys."))
        if any(row.state != state for row in self):
            raise UserError(self.env._("This survey is not at that step."))

    def action_close(self):
        """Close the survey after the import: the figures are counted and stored.

        :raises UserError: without an answer
        """
        self._check_turn("drawn")
        for row in self:
            if not row.answered_count:
                raise UserError(self.env._("Read the results of the third party in first."))
        return trusted(self).write({"state": "closed", "closed_by_id": self.env.uid})

    def action_publish(self):
        """Publish the figures.

        :raises AccessError: by anyone but a manager, and by the person who counted them
        :raises UserError: without the measures
        """
        self._check_turn("closed")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("A manager publishes the figures."))
        for row in self:
            if row.closed_by_id == self.env.user:
                raise AccessError(self.env._("Another person must publish your count."))
            if not strip_invisible(row.measures):
                raise UserError(self.env._("Say what is done about it before it is published."))
        now = fields.Datetime.now()
        values = {"state": "published", "published_by_id": self.env.uid, "published_at": now}
        return trusted(self).write(values)

    def action_read_in(self):
        """Open the dialog that reads the results of the third party in."""
        self._check_turn("drawn")
        known = {"default_kind": "water.satisfaction.survey.line"}
        return windows.dialog("water.table.import.wizard", self.env._("Import a Table"), known)

    # -- draw ----------------------------------------------------------------------------------
    # Draws the sample: by the case numbers and the seed, one case of each customer.

    def action_draw(self):
        """Draw the sample; it is drawn once.

        :raises UserError: where no settled case has a customer who can be asked
        """
        self._check_turn("draft")
        for row in self:
            row._draw()
        return True

    def _draw(self):
        # a random part: the author of the seed could have tried seeds for a better result
        trusted(self).seed = f"{self.seed} {secrets.token_hex(8)}"
        # sudo: water.any.case - the draw includes cases hidden from the user
        cases = self.env["water.any.case"].sudo()
        query = cases._search(self._population_domain())
        drawn = self._drawn(cases, query)
        if not drawn:
            raise UserError(self.env._("No customer of a settled case can be asked."))
        values = [self._line_values(place, case) for place, case in enumerate(drawn, 1)]
        trusted(self.env["water.satisfaction.survey.line"].sudo()).create(values)
        trusted(self).write(
            {
                "state": "drawn",
                "drawn_at": fields.Datetime.now(),
                "population": self._people(query),
            }
        )

    def _population_domain(self):
        """Settled cases of the period whose customer has a name and a telephone or an address."""
        zone = ZoneInfo(self.company_id._water_tz())
        begin = wall_moment(datetime.combine(self.date_from, time()), zone)
        end = wall_moment(datetime.combine(self.date_to + timedelta(days=1), time()), zone)
        reachable = ["|", ("phone", "!=", False), ("email", "!=", False)]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("counts", "=", True),
            ("is_anonymous", "=", False),
            ("closed_at", ">=", begin),
            ("closed_at", "<", end),
        ]
        owned = [(f"{link}.partner_id", "any", reachable) for link in LINKS]
        return [*domain, "|", "|", *owned]

    def _drawn(self, cases, query):
        """The cases of the sample, in the order in which they are drawn."""
        chosen, people, offset = [], set(), 0
        number = SQL.identifier(query.table, "name")
        # as draw_key() does
        order = SQL("sha256(convert_to(%s || E'\\n' || %s, 'UTF8'))", self.seed, number)
        while len(chosen) < self.size:
            query.order, query.limit, query.offset = order, STEP, offset
            ids = [row[0] for row in self.env.execute_query(query.select())]
            if not ids:
                break
            for case in cases.browse(ids):
                partner = self._customer(case)
                if partner not in people and len(chosen) < self.size:
                    people.add(partner)
                    chosen.append(case)
            offset += STEP
        return chosen

    def _customer(self, case):
        return next(case[link].partner_id for link in LINKS if case[link])

    def _people(self, query):
        """How many customers were in question."""
        query.order, query.limit, query.offset = None, None, None
        alias = query.table
        tables = {
            link: self.env[self.env["water.any.case"]._fields[link].comodel_name]._table
            for link in LINKS
        }
        parts = [
            SQL(
                "(SELECT c.partner_id FROM %s c WHERE c.id = %s)",
                SQL.identifier(table),
                SQL.identifier(alias, link),
            )
            for link, table in tables.items()
        ]
        one = SQL("COALESCE(%s)", SQL(", ").join(parts))
        return self.env.execute_query(query.select(SQL("COUNT(DISTINCT %s)", one)))[0][0]

    def _line_values(self, place, case):
        return {
            "survey_id": self.id,
            "place": place,
            "number": case.name,
            "closed_at": case.closed_at,
            "category_id": case.category_id.id,
            "zone_id": case.zone_id.id,
            "department_id": case.department_id.id,
            **{link: case[link].id for link in LINKS},
        }

    # -- result --------------------------------------------------------------------------------
    # Results of a survey: the rates, the list for the third party, the published figures.

    @api.depends("line_ids")
    @api.depends_context("uid", "su")
    def _compute_drawn(self):
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
        """Set the rates from ``[(result, score, how many)]``; empty without answers."""
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
        """Return ``(file name, bytes)``: numbers, names and telephones of the customers to ask.

        :raises AccessError: if the user may not export personal data
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
        # sudo: water.satisfaction.survey - published figures alone
        rows = self.sudo().search(self._published_domain(company), limit=10)
        return [row._public_card() for row in rows]

    @api.model
    def _has_published(self, company):
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
