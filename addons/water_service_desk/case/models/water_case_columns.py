from odoo import api, models
from odoo.tools import SQL

#: More than a column shows before somebody asks for more: what is beyond is looked for in vain.
GLANCE = 100


class WaterCaseMixin(models.AbstractModel):
    """How many cases stand in each column of a board, told without counting all of them twice.

    A board asks for its columns and, beside that, for the colours of their bars, which are counted
    exactly and add up to the columns. So the columns only have to know whether there is more than
    is shown; the web client (``exact_columns.js``) asks for no more and says the exact number as
    soon as the bars are there.
    """

    _inherit = "water.case.mixin"

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        """Count as Odoo does, unless the context's ``water_columns_at_a_glance`` asks for less."""
        if (
            self.env.context.get("water_columns_at_a_glance")
            and (tuple(groupby), tuple(aggregates)) == (("stage_id",), ("__count",))
            and not (having or offset)
        ):
            columns = self._columns_at_a_glance(domain)
            if not limit or len(columns) < limit:
                return columns
        return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)

    @api.model
    def _columns_at_a_glance(self, domain):
        """The columns with cases, and how many each has, counted up to one more than a glance.

        :param domain: which cases; those that the reader may not read are left out
        :return: [(stage, number)]
        """
        self.browse().check_access("read")
        # in the order of the board's index: so no column is looked for in the whole table
        query = self._search(domain, order=self._order)
        if query.is_empty():
            return []
        stage = self._field_to_sql(self._table, "stage_id", query)
        query.add_where(SQL("%s = columns.id", stage))
        query.limit = GLANCE + 1
        found = self.env.execute_query(
            SQL(
                "SELECT columns.id, counted.number FROM water_stage columns CROSS JOIN LATERAL"
                " (SELECT count(*) AS number FROM (%s) cases) counted"
                " WHERE columns.model = %s AND counted.number > 0"
                " ORDER BY columns.sequence, columns.id",
                query.select(SQL("1")),
                self._name,
            )
        )
        stages = self.env["water.stage"].browse([stage_id for stage_id, _number in found])
        return list(zip(stages, (number for _stage_id, number in found), strict=True))
