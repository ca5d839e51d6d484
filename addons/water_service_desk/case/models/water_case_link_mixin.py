import re

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, Query, sql

from ...base import windows
from ...base.tables import table
from ...base.true_only import true_only


class WaterCaseLinkMixin(models.AbstractModel):
    """A row of exactly one case of any type, linked by a real foreign key.

    Facts of the case used by record rules are copied to the row, or found by a sub-select over few
    cases: a rule that joins the case for each row is too slow at a million of them.
    """

    _name = "water.case.link.mixin"
    _description = "Belongs to a Case"

    #: the column for each case type: the room that brings a case type brings its column
    _case_links = ()
    #: whether a row may also stand for itself, without a case
    _case_required = True
    #: copied facts of the case, read-only; heirs add their own
    _case_copies = frozenset({"company_id", "is_restricted"})
    #: whether rows of the model stay as they are when their case is archived
    _sealed_with_case = False

    case_name = fields.Char(string="Case", compute="_compute_case_name", search="_search_case_name")
    case_subject = fields.Char(string="Matter", compute="_compute_case_name")
    # "readonly" would have the ORM drop the copies that create() has ready, and work them out.
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
    )
    is_restricted = fields.Boolean(
        compute="_compute_is_restricted",
        store=True,
        precompute=True,
        readonly=False,
    )
    is_open_to_desk = fields.Boolean(
        compute="_compute_is_open_to_desk",
        search="_search_is_open_to_desk",
    )

    def _auto_init(self):
        """Keep the CHECK in step with the case columns that the installed addons bring."""
        result = super()._auto_init()
        if self._auto and not self._abstract:
            self._sync_case_check()
        return result

    def _sync_case_check(self):
        columns = sql.table_columns(self.env.cr, self._table)
        name = f"{self._table}_one_case"
        current = sql.constraint_definition(self.env.cr, self._table, name)
        # While this addon is upgraded, those above it are not loaded yet; their rows are there.
        links = (*table(self, "_case_links"), *re.findall(r"\b\w+_id\b", current or ""))
        present = [link for link in dict.fromkeys(links) if link in columns]
        many = "=" if self._case_required else "<="
        definition = f"CHECK (num_nonnulls({', '.join(present)}) {many} 1)"
        if current and current != definition:
            sql.drop_constraint(self.env.cr, self._table, name)
        if current != definition:
            sql.add_constraint(self.env.cr, self._table, name, definition)

    @api.model
    @tools.ormcache()
    def _case_models(self):
        links = [name for name in table(self, "_case_links") if name in self._fields]
        return tools.frozendict({name: self._fields[name].comodel_name for name in links})

    @api.model
    def _case_by_number(self, text):
        """The case with this number that the user may see, or None; capitals do not matter."""
        number = (text or "").strip().upper()
        for model in self._case_models().values():
            cases = self.env[model]
            if number and cases.has_access("read"):
                found = cases.search([("name", "=", number)], limit=1)
                if found:
                    return found
        return None

    @api.model
    def _case_field(self, model):
        links = {comodel: name for name, comodel in self._case_models().items()}
        return links[model]

    def _case(self):
        """The one case this row belongs to."""
        self.ensure_one()
        return next(case for name in self._case_models() if (case := self[name]))

    def _case_or_none(self):
        self.ensure_one()
        for name in self._case_models():
            if case := self[name]:
                return case
        return None

    def _check_case_open(self):
        """Refuse to add to or to change what belongs to a case that no longer changes."""
        self._check_case_sealed()

    def _check_case_sealed(self):
        """Hook: refuse to add to or to change what belongs to a case that is kept for good."""

    def _message_case(self):
        return self._case()

    @api.model
    def _search_case_name(self, operator, value):
        """Search by the numbers of readable cases."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain.OR(
            Domain(f"{link}.name", operator, value)
            for link, model in self._case_models().items()
            if self.env[model].has_access("read")
        )

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_case_name(self):
        for row in self:
            # sudo: case - readers of the row may know number and subject
            case = row.sudo()._case_or_none()
            row.case_name = case.name if case is not None else False
            row.case_subject = case.subject if case is not None else False

    @api.model
    @tools.ormcache()
    def _copied_fields(self):
        return table(self, "_case_copies")

    @api.model_create_multi
    def create(self, vals_list):
        """Set the copies from the case, ignoring values and context defaults of the caller."""
        copied = self._copied_fields()
        defaults = {f"default_{name}" for name in copied}
        context = {key: value for key, value in self.env.context.items() if key not in defaults}
        clean = self.with_context(context)  # pylint: disable=context-overridden
        rows = [
            dict(vals) if copied.isdisjoint(vals) else self._without_copies(vals)
            for vals in vals_list
        ]
        self._add_copies(rows)
        records = super(WaterCaseLinkMixin, clean).create(rows).with_env(self.env)
        if self._sealed_with_case or not self.env.su:
            records._check_case_open()
        return records

    @api.model
    def _add_copies(self, rows):
        """Put the copies into the values of rows to come.

        Precomputing would do the same by way of a record thrown away for each row, which takes
        a third of the time of registering a case.
        """
        for link, model in self._case_models().items():
            mine = [vals for vals in rows if vals.get(link)]
            # sudo: case - the copies serve record rules alone
            cases = self.env[model].sudo().browse({vals[link] for vals in mine})
            by_id = {case.id: case for case in cases}
            for vals in mine:
                vals.update(self._copied_values(by_id[vals[link]], vals))

    @api.model
    def _copied_values(self, case, vals):
        """The copies for a row that is to be created with ``vals``; heirs add their own."""
        return {"company_id": case.company_id.id, "is_restricted": case.is_restricted}

    @api.model
    def _without_copies(self, vals):
        if not (self._case_required or any(vals.get(link) for link in self._case_models())):
            return vals
        return {key: vals[key] for key in vals.keys() - self._copied_fields()}

    def write(self, vals):
        if self._sealed_with_case or not self.env.su:
            self._check_case_open()
        if self._copied_fields() & vals.keys():
            raise UserError(self.env._("This is kept by the system."))
        return super().write(vals)

    # -- what the record rules ask ------------------------------------------------------------
    # Adding a row also writes its case (the event chain), so that a concurrent change of the case
    # makes one of the two transactions start again: the copies stay correct.

    @api.model
    def _case_paths(self, *names):
        return [f"{link}.{name}" for link in self._case_models() for name in names]

    @api.depends(lambda self: self._case_paths("company_id"))
    def _compute_company(self):
        for row in self:
            case = row._case_or_none()
            row.company_id = row.company_id if case is None else case.company_id

    @api.depends(lambda self: self._case_paths("is_restricted"))
    def _compute_is_restricted(self):
        """A row that stands for itself is no business of the desk."""
        for row in self:
            case = row._case_or_none()
            row.is_restricted = case is None or case.is_restricted

    @api.depends(lambda self: self._case_paths("is_restricted", "first_responsible_id", "user_id"))
    @api.depends_context("uid")
    def _compute_is_open_to_desk(self):
        for row in self:
            case = row.sudo()._case_or_none()
            mine = case is not None and self.env.user in (case.first_responsible_id | case.user_id)
            row.is_open_to_desk = mine or not row.is_restricted

    @api.model
    @true_only
    def _search_is_open_to_desk(self):
        return Domain("is_restricted", "=", False) | Domain.OR(
            Domain(link, "any", self._restricted_in_hand(model))
            for link, model in self._case_models().items()
        )

    def _restricted_in_hand(self, model):
        """The restricted cases of the user's own, as a sub-select.

        Written out: the form of a case has the rules of its lists worked out a dozen times, and
        three quarters of that was turning this one domain into the same words.
        """
        # sudo: case - asked by the record rules themselves
        cases = self.env[model].sudo()
        names = ("is_restricted", "first_responsible_id", "user_id")
        columns = (cases._field_to_sql(cases._table, name) for name in names)
        restricted, responsible, handler = columns
        mine = SQL("(%s = %s OR %s = %s)", responsible, self.env.uid, handler, self.env.uid)
        query = Query(self.env, cases._table, cases._table_sql)
        query.add_where(SQL("%s IS TRUE AND %s", restricted, mine))
        return query

    def action_open_case(self):
        """Open the case's form, if there is one (its own access rules apply there)."""
        self.check_access("read")
        case = self._case_or_none()
        return case is not None and windows.form(case)
