from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..domain_text import parsed
from ..periods import midnight
from ..sources import DIMENSIONS, RUNNING


class WaterKpi(models.Model):
    """Counts key figures in the database: one query for a figure, whatever it is split by."""

    _inherit = "water.kpi"

    def _count(self, company, start, end):
        """Numerator and denominator of a period, of the company and of every part of it.

        :param company: res.company
        :param start: first day of the period, in the company's time zone
        :param end: first day after it
        :return: ``{(dimension, id): (numerator, denominator)}``; the company itself is
            ``("company", False)``, what belongs to no department, zone … has no row of its own
        """
        self.ensure_one()
        sides = list(self._sides().values())
        split = [name for name in DIMENSIONS if all(name in self._paths(side) for side in sides)]
        counted = [self._count_side(side, split, company, start, end) for side in sides]
        if len(counted) == 1 and self.unit != "number":
            return counted[0]
        numerators = {key: pair[0] for key, pair in counted[0].items()}
        if self.unit == "number":
            return {key: (value, 1) for key, value in numerators.items()}
        denominators = {key: pair[1] for key, pair in counted[1].items()}
        keys = dict.fromkeys((*denominators, *numerators))
        return {key: (numerators.get(key, 0), denominators.get(key, 0)) for key in keys}

    def _paths(self, side):
        return self._sources()[side["model"]]

    def _count_side(self, side, split, company, start, end):
        """``{(dimension, id): (part, whole)}`` of one side, by grouping sets."""
        rows = self._rows(side, split, company, start, end)
        names = [SQL.identifier(name) for name in split]
        sets = SQL(", ").join([SQL("()"), *(SQL("(%s)", name) for name in names)])
        mask = SQL("GROUPING(%s)", SQL(", ").join(names)) if names else SQL("0")
        columns = SQL("").join(SQL("%s, ", name) for name in names)
        found = self.env.execute_query(
            SQL(
                "SELECT %s, %s COALESCE(SUM(part), 0), COALESCE(SUM(whole), 0), COUNT(DISTINCT day)"
                " FROM (%s) AS counted GROUP BY GROUPING SETS (%s)",
                mask,
                columns,
                rows,
                sets,
            )
        )
        totals, months = {}, 1
        for grouped, *ids, part, whole, days in found:
            if grouped == 2 ** len(split) - 1:
                totals["company", False] = part, whole
                months = max(days, 1)
                continue
            place = next(i for i, name in enumerate(reversed(split)) if not grouped >> i & 1)
            name = split[len(split) - 1 - place]
            if ids[split.index(name)] is not None:
                totals[name, ids[split.index(name)]] = part, whole
        return self._per_month(totals, months if side["measure"] == "mean" else 1)

    def _per_month(self, totals, months):
        return {
            key: (float(part) / months, float(whole) / months)
            for key, (part, whole) in totals.items()
        }

    def _row_ids(self, side, dimension, record_id, company, start, end, part):
        """The rows behind one number as they are now: ids of the side's model.

        :param side: one of :meth:`_sides`
        :param dimension: ``company`` or a dimension
        :param record_id: of which department, zone …
        :param part: whether only those of the numerator
        """
        split = [] if dimension == "company" else [dimension]
        rows = self._rows(side, split, company, start, end)
        conditions = [self._inside_sql(side)] if part else []
        conditions += [SQL("%s = %s", SQL.identifier(name), record_id) for name in split]
        where = SQL(" AND ").join(conditions or [SQL("TRUE")])
        found = self.env.execute_query(
            SQL("SELECT id FROM (%s) AS counted WHERE %s ORDER BY id", rows, where)
        )
        return [row[0] for row in found]

    def _inside_sql(self, side):
        """Which rows stand behind the numerator: of what is added up, none that adds nothing."""
        is_sum = side["measure"] == "sum" and (side["part_field"] or side["field"])
        return SQL("part <> 0") if is_sum else SQL("part IS NOT NULL")

    def _grouped_ids(self, side, company, start, end):
        """All rows behind the numbers of one side, by whom they belong to, for the sealed file.

        :return: ``(names of the dimensions, [[ids of dimensions, ids in, ids not in the part]])``
        """
        split = [name for name in DIMENSIONS if name in self._paths(side)]
        rows = self._rows(side, split, company, start, end)
        names = [SQL.identifier(name) for name in split]
        columns = SQL("").join(SQL("%s, ", name) for name in names)
        places, inside = SQL(", ").join(names), self._inside_sql(side)
        found = self.env.execute_query(
            SQL(
                "SELECT %s array_agg(id ORDER BY id) FILTER (WHERE %s), array_agg(id ORDER BY id)"
                " FILTER (WHERE (%s) IS NOT TRUE) FROM (%s) AS counted%s",
                columns,
                inside,
                inside,
                rows,
                SQL(" GROUP BY %s ORDER BY %s", places, places) if names else SQL(""),
            )
        )
        return split, [[ids, inside or [], rest or []] for *ids, inside, rest in found]

    def _rows(self, side, split, company, start, end):
        """The SELECT of the rows of one side: id, day, dimensions, ``whole`` and ``part``."""
        # sudo: what is counted - a figure is the same for every reader; rows are opened by rules
        model = self.env[side["model"]].sudo().with_context(active_test=False)
        query = model._search(self._side_domain(side, company, start, end))
        alias = model._table
        columns = [SQL("%s AS id", SQL.identifier(alias, "id"))]
        columns.append(SQL("%s AS day", model._field_to_sql(alias, side["date"], query)))
        for name in split:
            whose = self._whose_sql(model, alias, query, self._paths(side)[name])
            columns.append(SQL("%s AS %s", whose, SQL.identifier(name)))
        whole = self._measured(model, alias, query, side["field"])
        part = self._measured(model, alias, query, side["part_field"] or side["field"])
        within = self._part_sql(model, alias, query, side, company)
        columns.append(SQL("%s AS whole", whole))
        columns.append(SQL("CASE WHEN %s THEN %s END AS part", within, part))
        return SQL(
            "SELECT %s FROM %s WHERE %s",
            SQL(", ").join(columns),
            query.from_clause,
            SQL(" AND ").join(
                (
                    query.where_clause or SQL("TRUE"),
                    self._over_sql(model, alias, query, side, company),
                    self._due_sql(model, alias, query, side["date"]),
                )
            ),
        )

    def _over_sql(self, model, alias, query, side, company):
        """The condition that a row is done, or its limit over: what runs counts once it is."""
        if not side["bound"]:
            return SQL("TRUE")
        done, limit = (model._field_to_sql(alias, name, query) for name in side["bound"])
        is_day = model._fields[side["bound"][1]].type == "date"
        now = company._water_today() if is_day else fields.Datetime.now()
        return SQL("(%s IS NOT NULL OR %s < %s)", done, limit, now)

    def _due_sql(self, model, alias, query, date):
        """The same for what is counted by the moment by, or before, which it is to be done."""
        waits, hours = RUNNING.get((model._name, date), (None, None))
        if not waits:
            return SQL("TRUE")
        limit = model._field_to_sql(alias, date, query)
        if hours:
            lead = model._field_to_sql(alias, hours, query)
            limit = SQL("%s - COALESCE(%s, 0) * INTERVAL '1 hour'", limit, lead)
        open_sql = Domain(parsed(waits)).optimize_full(model)._to_sql(model, alias, query)
        return SQL("(NOT (%s) OR %s < %s)", open_sql, limit, fields.Datetime.now())

    def _whose_sql(self, model, alias, query, names):
        """To whom a row falls: the first that it names; a missed limit to who had it, or nobody."""
        paths = [model._read_group_groupby(alias, name, query) for name in names]
        whose = SQL("COALESCE(%s)", SQL(", ").join(paths))
        if not names[0].startswith("breached_"):
            return whose
        is_missed = SQL("%s = 'breached'", model._field_to_sql(alias, "state", query))
        return SQL("CASE WHEN %s THEN %s ELSE %s END", is_missed, paths[0], whose)

    def _measured(self, model, alias, query, name):
        return model._field_to_sql(alias, name, query) if name else SQL("1")

    def _side_domain(self, side, company, start, end):
        """Which rows of the model belong to the company and the period."""
        model = self.env[side["model"]]
        date = side["date"]
        bounds = (start, end)
        if model._fields[date].type == "datetime":
            bounds = tuple(midnight(day, company._water_tz()) for day in bounds)
        domain = Domain("company_id", "=", company.id)
        domain &= Domain(date, ">=", bounds[0]) & Domain(date, "<", bounds[1])
        for text in side["domains"]:
            domain &= Domain(parsed(text))
        for text in side["without"]:
            if parsed(text):
                domain &= ~Domain(parsed(text))
        return domain

    def _part_sql(self, model, alias, query, side, company):
        """The condition under which a row is in the numerator as well."""
        domain = Domain.AND([Domain(parsed(text)) for text in side["part"]])
        condition = domain.optimize_full(model)._to_sql(model, alias, query)
        if not side["bound"]:
            return condition
        done, limit = (
            self._moment(model, alias, query, name, side["bound"], company)
            for name in side["bound"]
        )
        return SQL("(%s AND %s <= %s)", condition, done, limit)

    def _moment(self, model, alias, query, name, names, company):
        """A moment as SQL; where the other one is a date, the date in the company's zone."""
        column = model._field_to_sql(alias, name, query)
        types = {model._fields[other].type for other in names}
        if model._fields[name].type == "datetime" and len(types) > 1:
            zone = company._water_tz()
            return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, zone)
        return column
