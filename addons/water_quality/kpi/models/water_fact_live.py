from odoo import api, models
from odoo.tools import SQL

from .water_fact import MEASURES

#: The case of a row ``x``, whichever type it is, and what is asked of it.
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
    """What the table of days is counted from: the live rows."""

    _inherit = "water.fact"

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
        """The columns of all measures, 0 for those that are not named.

        :param counted: {measure: condition as SQL}
        """
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
