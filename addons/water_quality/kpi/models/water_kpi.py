import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.turns import meet

from ..domain_text import parsed
from ..sources import SOURCES

#: what a value is multiplied by
FACTORS = {"percent": 100, "per_10000": 10_000, "ratio": 1, "number": 1}
MEASURES = [
    ("count", "Number of rows"),
    ("sum", "Sum of a field"),
    ("mean", "Sum of a field per month"),
]
NUMBERS = ("integer", "float", "monetary")
MOMENTS = ("date", "datetime")
#: What decides on the figures of a sheet; a closed sheet keeps it as it was.
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

    Numerator and denominator are domains over one model each, with the field by which a row falls
    into a period. Without a model of its own the numerator is a part of the denominator: those of
    its rows that fulfil the numerator's domain and, where two moments are named, were done by
    their limit; what is neither done nor over its limit runs, and is in neither yet. What the
    exclusion names is in neither. Managers keep the catalogue; what a closed
    sheet went by is not edited, a new version replaces it.
    """

    _name = "water.kpi"
    _inherit = "water.code.mixin"
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
        help="A number divides by nothing: the numerator is the figure.",
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
        """Hook: model → dimension → paths, as ``sources.SOURCES``; rooms above add theirs."""
        return SOURCES

    @api.depends("code", "name", "version")
    def _compute_display_name(self):
        for kpi in self:
            version = f" (V{kpi.version})" if kpi.version > 1 else ""
            kpi.display_name = f"{kpi.code} {kpi.name}{version}"

    # -- what is refused ----------------------------------------------------------------------

    @api.constrains("code", "company_id", "valid_from", "valid_until")
    def _check_validity(self):
        """Two versions never hold on the same day."""
        meet(self.company_id)  # of two who enter one at the same moment, one sees the other's
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
        """Each line of the definition can be counted by whoever writes it."""
        for kpi in self:
            if kpi.unit == "number":
                if not kpi.numerator_model:
                    raise ValidationError(self.env._("%s: choose what is counted.", kpi.code))
            elif not kpi.denominator_model:
                raise ValidationError(self.env._("%s: it divides by nothing.", kpi.code))
            for label, side in kpi._sides().items():
                kpi._check_side(label, side)
            kpi._check_part_of()

    def _check_part_of(self):
        """There is something to divide by, and a numerator is no denominator."""
        if Domain(parsed(self.denominator_domain)).is_false():
            raise ValidationError(self.env._("%s: it divides by nothing.", self.code))
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
        """Refuse a domain that names what is not there, or what its writer may not read."""
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
        """What a closed sheet went by stays as it is."""
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
        """Whether a closed sheet goes by one of them."""
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
        """The definitions that hold for a company on a day; its own come before the general ones.

        :param company: res.company
        :param day: a date
        """
        domain = Domain("company_id", "in", (False, company.id)) & Domain("valid_from", "<=", day)
        domain &= Domain("valid_until", "=", False) | Domain("valid_until", ">=", day)
        found = self.search(domain)
        own = set(found.filtered("company_id").mapped("code"))
        return found.filtered(lambda kpi: kpi.company_id or kpi.code not in own)

    def _target(self, company, day):
        """The target that holds for a company on a day, an empty recordset when there is none."""
        rows = self.target_ids.filtered(
            lambda row: (
                (not row.company_id or row.company_id == company)
                and row.valid_from <= day
                and (not row.valid_until or row.valid_until >= day)
            )
        )
        return rows.sorted(lambda row: not row.company_id)[:1]

    # -- what is counted -----------------------------------------------------------------------

    def _sides(self):
        """What is counted, as ``{label: side}``: one side when the numerator is a part of the
        denominator, else two. A side says model, domains, date, measure, field, what is left out,
        and which part of it the numerator is.
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
