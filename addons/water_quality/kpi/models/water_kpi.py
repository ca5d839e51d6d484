import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.locks import force_conflict

from ..domain_text import parsed
from ..periods import midnight
from ..sources import DIMENSIONS, RUNNING, SOURCES
from ..table import Number
from .water_kpi_line import EMPTY, _form, plain

#: multipliers of values
FACTORS = {"percent": 100, "per_10000": 10_000, "ratio": 1, "number": 1}
MEASURES = [
    ("count", "Number of rows"),
    ("sum", "Sum of a field"),
    ("mean", "Sum of a field per month"),
]
NUMBERS = ("integer", "float", "monetary")
MOMENTS = ("date", "datetime")
#: Fields that decide on the figures of a sheet; a closed sheet stores them.
DEFINITION = frozenset(
    {
        *("code", "name", "version", "unit", "direction", "exclusion_domain"),
        *("valid_from", "company_id"),
        *("numerator_model", "numerator_domain", "numerator_date", "numerator_measure"),
        *("numerator_field", "done_field", "limit_field"),
        *("denominator_model", "denominator_domain", "denominator_date"),
        *("denominator_measure", "denominator_field"),
    }
)


class WaterKpi(models.Model):
    """One figure with a fixed definition: what is counted, over what, from when on, and why.

    Numerator and denominator are domains over one model each, with the date field that puts a row
    into a period. Without a model of its own the numerator is a part of the denominator: the rows
    that fulfil its domain and, if two moments are named, were done by their limit; rows neither
    done nor over their limit are in neither yet. Excluded rows are in neither. Managers keep the
    catalogue; a definition used by a closed sheet is read-only, a new version replaces it.
    """

    _name = "water.kpi"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Key Figure"
    _order = "sequence, code, version desc"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, index=True)
    name = fields.Char(required=True, translate=True)
    purpose = fields.Text(translate=True, help="What it is for, and what is left out and why.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    version = fields.Integer(default=1, required=True, copy=False, aggregator=None)
    valid_from = fields.Date(required=True, default="2000-01-01", help="First day of a period.")
    valid_until = fields.Date(copy=False, help="Last day of a period; empty: until further notice.")
    unit = fields.Selection(
        [
            ("percent", "%"),
            ("per_10000", "per 10,000"),
            ("ratio", "each"),
            ("number", "Number"),
        ],
        required=True,
        default="percent",
        help="A number has no denominator: the numerator is the figure.",
    )
    direction = fields.Selection(
        [("up", "Higher is better"), ("down", "Lower is better"), ("none", "For information")],
        required=True,
        default="up",
    )
    numerator_model = fields.Selection(
        selection="_select_model",
        string="Numerator Counts",
        help="Empty: the rows of the denominator that fulfil the numerator.",
    )
    numerator_domain = fields.Char(string="Numerator", required=True, default="[]")
    numerator_date = fields.Char(
        string="Numerator's Date", help="Field by which a row falls into a period."
    )
    numerator_measure = fields.Selection(MEASURES, required=True, default="count")
    numerator_field = fields.Char(string="Numerator's Sum", help="Field that is added up.")
    done_field = fields.Char(string="Done", help="Moment that must not lie after the limit.")
    limit_field = fields.Char(string="Limit", help="The limit itself is in time.")
    denominator_model = fields.Selection(selection="_select_model", string="Denominator Counts")
    denominator_domain = fields.Char(string="Denominator", required=True, default="[]")
    denominator_date = fields.Char(
        string="Denominator's Date", help="Field by which a row falls into a period."
    )
    denominator_measure = fields.Selection(MEASURES, required=True, default="count")
    denominator_field = fields.Char(string="Denominator's Sum", help="Field that is added up.")
    exclusion_domain = fields.Char(
        string="Left out", required=True, default="[]", help="Rows of the denominator's model."
    )
    source = fields.Char(translate=True, help="Title and clause that define it.")
    owner_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    target_ids = fields.One2many("water.kpi.target", "kpi_id", string="Targets", copy=True)

    _version_uniq = models.UniqueIndex(
        "(code, version, COALESCE(company_id, 0))", "This version exists already."
    )

    @api.model
    def _select_model(self):
        return [(name, self.env[name]._description) for name in self._sources()]

    @api.model
    def _sources(self):
        """Hook: model → dimension → paths, as ``sources.SOURCES``; other addons add theirs."""
        return SOURCES

    @api.depends("code", "name", "version")
    def _compute_display_name(self):
        for kpi in self:
            version = f" (V{kpi.version})" if kpi.version > 1 else ""
            kpi.display_name = f"{kpi.code} {kpi.name}{version}"

    # -- refusals -----------------------------------------------------------------------------

    @api.constrains("code", "company_id", "valid_from", "valid_until")
    def _check_validity(self):
        """Two versions never hold on the same day."""
        force_conflict(self.company_id)  # concurrent entries see each other
        for kpi in self:
            if kpi.valid_until and kpi.valid_until < kpi.valid_from:
                raise ValidationError(self.env._("%s: it ends before it begins.", kpi.code))
            same = [("code", "=", kpi.code), ("company_id", "=", kpi.company_id.id)]
            others = self.with_context(active_test=False).search([*same, ("id", "!=", kpi.id)])
            for other in others:
                begins_before = not kpi.valid_until or other.valid_from <= kpi.valid_until
                if begins_before and (not other.valid_until or other.valid_until >= kpi.valid_from):
                    raise ValidationError(
                        self.env._(
                            "%(code)s: version %(one)s and version %(two)s hold on the same day.",
                            code=kpi.code,
                            one=kpi.version,
                            two=other.version,
                        )
                    )

    @api.constrains(*DEFINITION)
    def _check_definition(self):
        """Check that the author can count each line of the definition."""
        for kpi in self:
            if kpi.unit == "number":
                if not kpi.numerator_model:
                    raise ValidationError(self.env._("%s: choose what is counted.", kpi.code))
            elif not kpi.denominator_model:
                raise ValidationError(self.env._("%s has no denominator.", kpi.code))
            for label, side in kpi._sides().items():
                kpi._check_side(label, side)
            kpi._check_part_of()

    def _check_part_of(self):
        """There is something to divide by, and a numerator is no denominator."""
        if Domain(parsed(self.denominator_domain)).is_false():
            raise ValidationError(self.env._("%s has no denominator.", self.code))
        bound = bool(self.done_field) + bool(self.limit_field)
        if bound == 1:
            raise ValidationError(
                self.env._("%s: name both moments, the one done and its limit.", self.code)
            )
        is_whole = not (self.numerator_model or bound or parsed(self.numerator_domain))
        if is_whole and self.numerator_field == self.denominator_field:
            raise ValidationError(
                self.env._("%s: numerator and denominator are the same.", self.code)
            )

    def _check_side(self, label, side):
        if side["model"] not in self._sources():
            self._refuse(label, side["model"])
        model = self.env[side["model"]]
        wanted = [(side["date"], MOMENTS), *((name, MOMENTS) for name in side["bound"])]
        if side["measure"] != "count":
            wanted += [(side["field"], NUMBERS)]
        wanted += [(side["part_field"], NUMBERS)] if side["part_field"] else []
        for name, types in wanted:
            field = model._fields.get(name or "")
            if field is None or not field.store or field.type not in types:
                self._refuse(label, name or "–")
        for domain in (*side["domains"], *side["without"], *side["part"]):
            self._check_line(model, label, domain)

    def _check_line(self, model, label, domain):
        """Refuse a domain with unknown fields, or fields the author may not read."""
        try:
            with self.env.cr.savepoint():
                query = model._search(Domain(parsed(domain)))
                self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        except (AccessError, UserError, ValueError, TypeError, KeyError, psycopg2.Error):
            self._refuse(label, domain)

    def _refuse(self, label, line):
        raise ValidationError(
            self.env._(
                "%(code)s, %(part)s: “%(line)s” cannot be counted. Check the names of fields.",
                code=self.code,
                part=label,
                line=line,
            )
        )

    def write(self, vals):
        """Keep definitions of closed sheets read-only."""
        if DEFINITION & vals.keys() and self._is_used():
            raise UserError(
                self.env._("A closed sheet goes by this definition. Make a new version of it.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if self._is_used():
            raise UserError(self.env._("A closed sheet goes by this definition. Archive it."))

    def _is_used(self):
        lines = self.env["water.kpi.line"]
        # sudo: water.kpi.line - asked for whether there is one
        return bool(
            lines.sudo().search_count(
                [("kpi_id", "in", self.ids), ("sheet_id.state", "=", "closed")], limit=1
            )
        )

    def action_new_version(self):
        """Open the next version, which holds from the next month on; this one ends before it."""
        self.ensure_one()
        self.check_access("write")
        from_day = fields.Date.add(self.env.company._water_today().replace(day=1), months=1)
        if self.valid_until or self.valid_from >= from_day:
            raise UserError(self.env._("A newer version follows this one already."))
        self.valid_until = fields.Date.subtract(from_day, days=1)
        return windows.form(self.copy({"version": self.version + 1, "valid_from": from_day}))

    # -- which holds ---------------------------------------------------------------------------

    @api.model
    def _in_force(self, company, day):
        domain = Domain("company_id", "in", (False, company.id)) & Domain("valid_from", "<=", day)
        domain &= Domain("valid_until", "=", False) | Domain("valid_until", ">=", day)
        found = self.search(domain)
        own = set(found.filtered("company_id").mapped("code"))
        return found.filtered(lambda kpi: kpi.company_id or kpi.code not in own)

    def _target(self, company, day):
        rows = self.target_ids.filtered(
            lambda row: (
                (not row.company_id or row.company_id == company)
                and row.valid_from <= day
                and (not row.valid_until or row.valid_until >= day)
            )
        )
        return rows.sorted(lambda row: not row.company_id)[:1]

    # -- counting ------------------------------------------------------------------------------

    def _sides(self):
        """Return the counted sides as ``{label: side}``.

        One side if the numerator is a part of the denominator, else two. A side names model,
        domains, date, measure, field, exclusion, and the part that is the numerator.
        """
        bound = tuple(name for name in (self.done_field, self.limit_field) if name)
        numerator, denominator = self._side("numerator"), self._side("denominator")
        if not self.numerator_model:
            denominator["part"] = (self.numerator_domain,)
            denominator["bound"] = bound
            denominator["part_field"] = self.numerator_field
            return {self.env._("denominator"): denominator}
        numerator["bound"] = bound
        if self.unit == "number":
            return {self.env._("numerator"): numerator}
        return {self.env._("numerator"): numerator, self.env._("denominator"): denominator}

    def _side(self, name):
        counted = self[f"{name}_model"]
        is_same = counted == self.denominator_model or not self.denominator_model
        return {
            "side": name,
            "model": counted,
            "domains": (self[f"{name}_domain"],),
            "date": self[f"{name}_date"],
            "measure": self[f"{name}_measure"],
            "field": self[f"{name}_field"],
            "without": (self.exclusion_domain,) if is_same else (),
            "part": (),
            "bound": (),
            "part_field": False,
        }

    # -- counting ------------------------------------------------------------------------------
    # Counting key figures in the database: one query for a figure with any split.

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
        """Return the condition of rows behind the numerator; for sums without zeros."""
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
        # sudo: rows - a figure is the same for every reader; opening rows follows the rules
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
        """Return the condition that a row is done or its limit over; running rows do not
        count yet.
        """
        if not side["bound"]:
            return SQL("TRUE")
        done, limit = (model._field_to_sql(alias, name, query) for name in side["bound"])
        is_day = model._fields[side["bound"][1]].type == "date"
        now = company._water_today() if is_day else fields.Datetime.now()
        return SQL("(%s IS NOT NULL OR %s < %s)", done, limit, now)

    def _due_sql(self, model, alias, query, date):
        """Return the same for rows that have to be done by, or before, a moment."""
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
        """Return the first owner that a row names; for a missed limit, who had it."""
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
        column = model._field_to_sql(alias, name, query)
        types = {model._fields[other].type for other in names}
        if model._fields[name].type == "datetime" and len(types) > 1:
            zone = company._water_tz()
            return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, zone)
        return column

    # -- line ----------------------------------------------------------------------------------

    def _value(self, numerator, denominator):
        """Return the figure, or None without a denominator: never 0 % or 100 %."""
        if not denominator:
            return None
        return round(numerator / denominator * FACTORS[self.unit], 2)

    def _written(self, value):
        """Return a figure with its unit as text; a dash for None."""
        if value is None:
            return EMPTY
        return f"{value:.2f} %" if self.unit == "percent" else plain(value)

    # -- line table ----------------------------------------------------------------------------

    def _cell(self, value, sign=""):
        """Return a figure as a number for spreadsheets; a dash for None.

        :param sign: prefix such as ``≥``
        """
        if value is None:
            return EMPTY
        before = f'"{sign}"' if sign else ""
        if self.unit == "percent":
            return Number(round(value / 100, 4), f"{before}0.00%")
        return Number(value, before + _form(value))
