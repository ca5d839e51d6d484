from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.water_service_desk.base.isolated import run_each_isolated

from ..periods import midnight
from .water_any_case import KINDS

#: Measures of a day, in the order of the SELECTs below.
MEASURES = (
    *("received", "closed", "again", "answered", "satisfied", "met", "breached", "excused"),
    *("close_met", "close_breached", "heard", "solved"),
)
PLACES = ("kind", "department_id", "zone_id", "category_id", "channel_id")
STAMP = "water.fact.counted_at"
COMPARED = "water.fact.compared_at"
DAILY = timedelta(hours=20)
#: Rows of transactions that were still open when the last run began.
OVERLAP = timedelta(hours=1)
EVER = ("-infinity", "infinity")


def _runs(days):
    """Return neighbouring days as ``[(first, last)]``."""
    found = []
    for day in sorted(days):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


#: The case of a row ``x``, of each type, and its columns.
CASES = SQL(
    """
    LEFT JOIN water_complaint cc ON cc.id = x.complaint_id
    LEFT JOIN water_inquiry ci ON ci.id = x.inquiry_id
    LEFT JOIN water_request cr ON cr.id = x.request_id
    """
)
OF_CASE = SQL(
    """
    CASE WHEN cc.id IS NOT NULL THEN 'complaint' WHEN ci.id IS NOT NULL THEN 'inquiry'
         ELSE 'request' END AS kind,
    COALESCE(cc.channel_id, ci.channel_id, cr.channel_id) AS channel_id,
    COALESCE(cc.category_id, ci.category_id, cr.category_id) AS category_id
    """
)
#: Whether rates count the case, as ``water.any.case`` says of each type.
COUNTS = SQL(
    """
    (cc.id IS NULL OR cc.leaves_figures IS NOT TRUE
     AND cc.state NOT IN ('withdrawn', 'merged', 'rejected'))
    AND (ci.id IS NULL OR ci.state NOT IN ('withdrawn', 'converted', 'merged'))
    AND (cr.id IS NULL OR cr.state NOT IN ('withdrawn', 'merged'))
    """
)


class WaterFact(models.Model):
    """Numbers of cases, limits and call-backs of a day, by their dimensions.

    Dashboards add up these rows: one for each day, type, department, zone, category and channel, so
    that they open as quickly at a million cases as at a hundred. A scheduled action keeps the
    table: every hour it recounts the days of all rows written since, and once a day those whose
    sums differ from the live rows, which a row has left. A received case belongs to the day of its
    receipt, a closed one to that of its closing, a limit to its due day, each in the company's own
    time zone.
    """

    _name = "water.fact"
    _inherit = ["water.mixin"]
    _description = "Figures of a Day"
    _order = "day desc, id desc"
    _log_access = False

    day = fields.Date(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    kind = fields.Selection(KINDS, string="Type", readonly=True)
    department_id = fields.Many2one("water.department", readonly=True)
    zone_id = fields.Many2one("water.zone", string="Supply Zone", readonly=True)
    category_id = fields.Many2one("water.category", readonly=True)
    channel_id = fields.Many2one("water.channel", readonly=True)
    received = fields.Integer(readonly=True)
    closed = fields.Integer(readonly=True, help="Without those that are in no rate.")
    again = fields.Integer(string="Handled Again", readonly=True, help="Of those closed.")
    answered = fields.Integer(
        string="Asked and Answered", readonly=True, help="Of those closed: said how satisfied."
    )
    satisfied = fields.Integer(readonly=True, help="Of those who answered: 3 to 5 of 5.")
    met = fields.Integer(string="Limits Kept", readonly=True)
    breached = fields.Integer(string="Limits Missed", readonly=True, help="Without excused ones.")
    excused = fields.Integer(string="Limits Excused", readonly=True)
    close_met = fields.Integer(
        string="Finished in Time", readonly=True, help="The first clock of completion of a case."
    )
    close_breached = fields.Integer(string="Finished Late", readonly=True)
    heard = fields.Integer(string="Call-backs Answered", readonly=True)
    solved = fields.Integer(string="Call-backs: Solved", readonly=True)

    _day_idx = models.Index("(company_id, day)")

    @api.model
    def _cron_count(self):
        """Scheduled action: bring the table up to date, company by company."""
        begun = self.env.cr.now()
        parameters = self.env["ir.config_parameter"].sudo()
        since, compared = (
            fields.Datetime.to_datetime(parameters.get_param(name) or None)
            for name in (STAMP, COMPARED)
        )
        is_due = not compared or begun - compared >= DAILY
        companies = self.env["res.company"].search([("active", "=", True)])
        since = since and since - OVERLAP
        if run_each_isolated(companies, self._bring_up_to_date, since, is_due) != companies:
            return  # what failed is brought up to date from where it stands, in the next turn
        parameters.set_param(STAMP, fields.Datetime.to_string(begun))
        if is_due:
            parameters.set_param(COMPARED, fields.Datetime.to_string(begun))

    @api.model
    def _bring_up_to_date(self, company, since, compare):
        """Count anew what may have changed.

        :param company: res.company
        :param since: naive UTC moment after which rows were written; None: count everything
        :param compare: whether to look for days that rows have left
        """
        self.env["water.call.statistic"]._count_calls(company, None if compare else since)
        self.env.flush_all()
        if since is None:
            self._recount(company, *EVER)
            return
        days = self._written(company, since) | (self._unlike(company) if compare else set())
        for first, last in _runs(days):
            zone = company._water_tz()
            bounds = midnight(first, zone), midnight(last + timedelta(days=1), zone)
            self._recount(company, *bounds, first, last)

    @api.model
    def _recount(self, company, start, end, first=date.min, last=date.max):
        """Replace the rows of some days.

        :param start: naive UTC moment at which the first of them begins
        :param end: naive UTC moment at which the last of them is over
        :param first: first day
        :param last: last day
        """
        sums = SQL(", ").join(SQL("sum(%s)", SQL.identifier(name)) for name in MEASURES)
        places = SQL(", ").join(SQL.identifier(name) for name in ("day", *PLACES))
        names = SQL(", ").join(SQL.identifier(name) for name in MEASURES)
        self.env.cr.execute(
            SQL(
                "DELETE FROM water_fact WHERE company_id = %s AND day BETWEEN %s AND %s",
                *(company.id, first, last),
            )
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO water_fact (company_id, %s, %s)"
                " SELECT %s, %s, %s FROM (%s) AS live GROUP BY %s",
                *(places, names, company.id, places, sums),
                *(self._live(company, start, end), places),
            )
        )
        self.invalidate_model()

    # -- which days ----------------------------------------------------------------------------

    @api.model
    def _unlike(self, company):
        """Return the days whose rows differ from the live rows.

        Compared place by place: numbers by the case's place move with the case, even if the case
        itself is counted on another day.
        """
        names = SQL(", ").join(SQL.identifier(name) for name in ("day", *PLACES))
        sums = SQL(", ").join(SQL("sum(%s)", SQL.identifier(name)) for name in MEASURES)
        kept = SQL(
            "SELECT %s, %s FROM water_fact WHERE company_id = %s GROUP BY %s",
            *(names, sums, company.id, names),
        )
        live = self._live(company, *EVER)
        live = SQL("SELECT %s, %s FROM (%s) AS l GROUP BY %s", names, sums, live, names)
        query = SQL(
            "WITH kept AS (%s), live AS (%s)"
            " SELECT day FROM (TABLE kept EXCEPT TABLE live) AS gone"
            " UNION SELECT day FROM (TABLE live EXCEPT TABLE kept) AS come",
            *(kept, live),
        )
        return {day for (day,) in self.env.execute_query(query)}

    @api.model
    def _written(self, company, since):
        """The days that rows written since fall on now."""
        zone = company._water_tz()
        moments = [
            (table, name)
            for table in ("water_complaint", "water_inquiry", "water_request")
            for name in ("received_at", "closed_at")
        ]
        moments += [("water_deadline", "due_at"), ("water_callback", "done_at")]
        parts = [
            SQL(
                "SELECT (%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date FROM %s"
                " WHERE write_date >= %s AND company_id = %s AND %s IS NOT NULL",
                *(SQL.identifier(name), zone, SQL.identifier(table)),
                *(since, company.id, SQL.identifier(name)),
            )
            for table, name in moments
        ]
        parts.append(  # changes by a call-back to an inquiry closed before
            SQL(
                "SELECT (c.closed_at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date"
                " FROM water_callback b JOIN water_inquiry c ON c.id = b.inquiry_id"
                " WHERE b.write_date >= %s AND c.company_id = %s AND c.closed_at IS NOT NULL",
                *(zone, since, company.id),
            )
        )
        return {row[0] for row in self.env.execute_query(SQL(" UNION ").join(parts))}

    # -- live ----------------------------------------------------------------------------------
    # The live rows from which the table of days is counted.

    @api.model
    def _live(self, company, start, end):
        """A SELECT of all that happened between two moments, each row with 0 and 1.

        :param company: res.company
        :param start: naive UTC moment, or ``-infinity``
        :param end: naive UTC moment, or ``infinity``
        """
        bounds = (company.id, start, end)
        parts = (self._received(), self._closed(), self._limits(), self._heard())
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT (at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day, kind, department_id,"
                " zone_id, category_id, channel_id, %s FROM (%s) AS %s"
                " WHERE company_id = %s AND at >= %s AND at < %s",
                *(company._water_tz(), columns, rows, SQL.identifier(f"part{place}"), *bounds),
            )
            for place, (rows, columns) in enumerate(parts)
        )

    @api.model
    def _columns(self, **counted):
        return SQL(", ").join(
            SQL("(%s)::int AS %s", counted.get(name, SQL("false")), SQL.identifier(name))
            for name in MEASURES
        )

    @api.model
    def _any_case(self):
        return self.env["water.any.case"]._table_sql

    @api.model
    def _received(self):
        rows = SQL(
            "SELECT *, received_at AS at FROM %s AS c WHERE NOT is_follow_up", self._any_case()
        )
        return rows, self._columns(received=SQL("true"))

    @api.model
    def _closed(self):
        rows = SQL("SELECT *, closed_at AS at FROM %s AS c WHERE c.counts", self._any_case())
        asked = SQL("NOT is_anonymous AND score > 0")
        return rows, self._columns(
            closed=SQL("true"),
            again=SQL("handling_round > 1"),
            answered=SQL("COALESCE(%s, false)", asked),
            satisfied=SQL("COALESCE(%s AND score >= 3, false)", asked),
        )

    @api.model
    def _limits(self):
        """Limits that are due; a missed one is of the department that had the work."""
        rows = SQL(
            """
            SELECT x.due_at AS at, x.company_id, x.zone_id, x.handling_round,
                   x.kind AS clock, x.state = 'met' AND NOT EXISTS (
                       SELECT FROM water_deadline_pause p
                       WHERE p.deadline_id = x.id AND p.is_approved_late) AS is_kept,
                   COALESCE(x.excuse_state = 'excused', false) AS is_excused,
                   CASE WHEN x.state = 'breached' THEN x.breached_department_id
                        ELSE x.department_id END AS department_id,
                   %s FROM water_deadline x %s
            WHERE x.state IN ('met', 'breached') AND %s
            """,
            *(OF_CASE, CASES, COUNTS),
        )
        first = SQL("clock = 'close' AND handling_round = 1")
        return rows, self._columns(
            met=SQL("NOT is_excused AND is_kept"),
            breached=SQL("NOT is_excused AND NOT is_kept"),
            excused=SQL("is_excused"),
            close_met=SQL("NOT is_excused AND is_kept AND %s", first),
            close_breached=SQL("NOT is_excused AND NOT is_kept AND %s", first),
        )

    @api.model
    def _heard(self):
        """Call-backs after the work that a customer answered."""
        rows = SQL(
            """
            SELECT x.done_at AS at, x.company_id, x.outcome,
                   COALESCE(cc.department_id, ci.department_id, cr.department_id) AS department_id,
                   COALESCE(cc.zone_id, ci.zone_id, cr.zone_id) AS zone_id,
                   %s FROM water_callback x %s
            WHERE x.kind = 'follow_up' AND x.outcome IN ('solved', 'not_solved')
            AND COALESCE(cc.is_anonymous, ci.is_anonymous, cr.is_anonymous) IS NOT TRUE AND %s
            """,
            *(OF_CASE, CASES, COUNTS),
        )
        return rows, self._columns(heard=SQL("true"), solved=SQL("outcome = 'solved'"))
