from psycopg2.errors import CheckViolation, ForeignKeyViolation, NotNullViolation

from odoo import SUPERUSER_ID, api, models, tools
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..shallow import shallow
from ..tables import table
from ..trust import is_trusted
from ..words import one_way, said

#: how the models of the addons begin
OURS = "water."
#: how the addons begin that bring fields of ours
ADDONS = "water_"
#: How many signs somebody writes into a field: a line, and what is told at length, which holds a
#: mail as well (``mail_gateway``). A letter, a sheet and a sealed file have to take all of it. What
#: is written with its looks has two signs of those for each that is read.
MOST_SIGNS = {"char": 2_000, "text": 100_000, "html": 300_000}
#: kinds of fields that hold nothing where nothing is written; a number is 0 there
EMPTIED = frozenset({"char", "text", "html", "selection", "date", "datetime", "many2one"})


def _without(names, vals):
    """``vals`` without those of the names; the same where there are none."""
    return {key: vals[key] for key in vals if key not in names} if names & vals.keys() else vals


def _length(value):
    return len(value) if isinstance(value, str) else 0


class Base(models.AbstractModel):
    # What holds for every model of the addons, whatever the door: blanks are no facts, so text in
    # which nothing is seen is kept as nothing; and what the database refuses is told in the user's
    # language. No docstring: Odoo would describe all models by it that have none.

    _inherit = "base"

    #: whether what is readonly is written by ``trusted`` records alone; models with a guard of
    #: their own (``water.guard.mixin``) see to it themselves
    _keeps_what_is_shown = False
    #: what of it a new record may bring
    _given_at_birth = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        if self._name.startswith(OURS):
            begun = self
            if self._is_by_hand():
                kept = self._names_only_shown() - table(self, "_given_at_birth")
                vals_list = [_without(kept, vals) for vals in vals_list]
                begun = self._without_defaults(kept)
            for vals in vals_list:
                self._check_length(vals)
            vals_list = [self._without_blanks(vals) for vals in vals_list]
            return super(Base, begun).create(vals_list).with_env(self.env)
        return super().create(vals_list)

    def write(self, vals):
        if self._name.startswith(OURS):
            if self._is_by_hand() and self._names_only_shown() & vals.keys():
                raise AccessError(self.env._("This is kept by the system."))
            self._check_there(vals)
            self._check_length(vals)
            vals = self._without_blanks(vals)
        return super().write(vals)

    # -- what is shown of it ---------------------------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        """As Odoo does; what is shown as number and words is found by both together, too: so lists
        are exported, and imported and copied from again.
        """
        found = super()._search_display_name(operator, value)
        if not (self._name.startswith(OURS) and operator in ("=", "in", "ilike")):
            return found
        texts = [value] if isinstance(value, str) else value or ()
        return found | Domain.OR(self._shown_as(operator, text) for text in texts)

    @api.model
    def _shown_as(self, operator, text):
        """Domain of what is shown as ``text``: its number, a blank, and how it is called."""
        names = [name for name in self._rec_names_search or () if "." not in name][:2]
        number, __, words = text.partition(" ") if isinstance(text, str) else ("", "", "")
        if len(names) < 2 or not words:
            return Domain.FALSE
        as_words = "ilike" if operator == "ilike" else "="
        return Domain(names[0], "=", number) & Domain(names[1], as_words, words)

    # -- what is only shown ----------------------------------------------------------------------

    @api.model
    def _is_by_hand(self):
        """Whether somebody writes himself; dialogs hold what their own screen was given."""
        return not (self.env.su or self._transient or is_trusted(self.env))

    @api.model
    @tools.ormcache()
    def _names_only_shown(self):
        """Our fields that no screen lets anybody edit, and that nobody writes past the screen:
        what follows from other values, and all else that is readonly where the model says so.
        """
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.readonly
            and field.store
            and name not in models.MAGIC_COLUMNS
            and any(module.startswith(ADDONS) for module in field._modules)
            and (field.compute or self._keeps_what_is_shown)
        )

    def _without_defaults(self, names):
        """The model without what the caller's context would have these fields begin with.

        :param names: of the fields
        """
        keys = {f"default_{name}" for name in names} & self.env.context.keys()
        if not keys:
            return self
        # pylint: disable=context-overridden
        return self.with_context(_without(keys, self.env.context))

    # -- what a record begins with ---------------------------------------------------------------

    @api.model
    def _add_missing_default_values(self, values):
        """As Odoo does, which asks every field of every record: most have no default to give."""
        names = self._begins_with() if self._name.startswith(OURS) else None
        if names is None or self._are_defaults_chosen():
            return super()._add_missing_default_values(values)
        return {**self.default_get([name for name in names if name not in values]), **values}

    @api.model
    @tools.ormcache()
    def _begins_with(self):
        """The fields with a default; None where these are not all that Odoo looks at."""
        names = self._with_default()
        is_plain = type(self).default_get is models.BaseModel.default_get and not self._inherits
        kinds = {field.type for field in self._fields.values()}
        lists = {name for name in names if self._fields[name].type in ("one2many", "many2many")}
        return names if is_plain and not lists and "properties" not in kinds else None

    @api.model
    @tools.ormcache()
    def _with_default(self):
        return tuple(name for name, field in self._fields.items() if field.default)

    @api.model
    def _are_defaults_chosen(self):
        """Whether the caller, or somebody for good, has said what records begin with."""
        chosen = self.env["ir.default"]._get_model_defaults(self._name)
        return bool(chosen) or any(key.startswith("default_") for key in self.env.context)

    # -- blanks ----------------------------------------------------------------------------------

    @api.model
    def _without_blanks(self, vals):
        """The values, with nothing in place of text that says nothing, and all words of others.

        :raises ValidationError: for a field that must be filled in
        """
        if any(isinstance(value, str) and "\0" in value for value in vals.values()):
            words = self.env._("A value is not possible here. Nothing was saved.")
            raise ValidationError(words)  # no database keeps this sign
        blank = [
            name
            for name, value in vals.items()
            if value and isinstance(value, str) and self._is_text(name) and not said(value)
        ]
        for name in blank:
            if self._fields[name].required:
                raise ValidationError(
                    self.env._("Fill in “%s”: blanks say nothing.", self._label_of(name))
                )
        vals = {**vals, **dict.fromkeys(blank, False)} if blank else vals
        lines = {
            name: line
            for name, value in vals.items()
            if isinstance(value, str) and (line := one_way(value)) != value and self._is_line(name)
        }
        boxes = {
            name: shallow(value)
            for name, value in vals.items()
            if isinstance(value, str) and self._is_html(name)
        }
        return {**vals, **lines, **boxes} if lines or boxes else vals

    @api.model
    def _is_line(self, name):
        """Whether it is a name or a title; what somebody said at length stays as he wrote it."""
        field = self._fields.get(name)
        return field is not None and field.type == "char"

    @api.model
    def _is_html(self, name):
        field = self._fields.get(name)
        return field is not None and field.type == "html"

    @api.model
    def _is_text(self, name):
        field = self._fields.get(name)
        return field is not None and field.type in ("char", "text")

    def _seen_by(self, user):
        """The records as somebody sees them in all of his companies.

        Those that the present user looks at are no matter of his, and may not be his at all.
        """
        return self.with_user(user).with_context(allowed_company_ids=user.sudo().company_ids.ids)

    @api.model
    def _label_of(self, name):
        field = self._fields.get(name)
        return field._description_string(self.env) if field else name

    @api.model
    def _check_there(self, vals):
        """Refuse to take away what must be there, before anything is worked out from it.

        :raises ValidationError: for a field that must be filled in
        """
        for name in [name for name, value in vals.items() if value is None or value is False]:
            field = self._fields.get(name)
            if field and field.required and field.store and field.type in EMPTIED:
                words = self.env._("“%s” is missing. Nothing was saved.", self._label_of(name))
                raise ValidationError(words)

    # -- length ----------------------------------------------------------------------------------

    @api.model
    def _check_length(self, vals):
        """Refuse what nobody writes by hand, dialogs as well; the system keeps what came.

        :raises ValidationError: for a text that is longer than its kind of field holds
        """
        shortest = min(MOST_SIGNS.values())
        long = [name for name, value in vals.items() if _length(value) > shortest]
        if not long or self.env.su or is_trusted(self.env):
            return
        for name in long:
            most = MOST_SIGNS.get(self._fields[name].type) if name in self._fields else None
            if most and _length(vals[name]) > most:
                words = self.env._("Please shorten “%(field)s” to %(most)s characters.")
                raise ValidationError(words % {"field": self._label_of(name), "most": most})

    # -- what several companies share ----------------------------------------------------------

    def _check_access(self, operation):
        """What another company shares with all is changed there, or by an administrator."""
        refused = super()._check_access(operation)
        if refused or self.env.su or operation not in ("write", "unlink"):
            return refused
        theirs = self._shared_by_others() if self._name.startswith(OURS) else self.browse()
        return (theirs, self._shared_error) if theirs else None

    def _shared_by_others(self):
        """The records without company that people of other companies alone have made.

        What came with the addons is everybody's.
        """
        field = self._fields.get("company_id")
        optional = field and field.store and not (field.required or field.readonly)
        if not optional or self.env.user.has_group("base.group_system"):
            return self.browse()
        mine = self.env.user.company_ids
        # sudo: res.users - in which companies somebody works
        return self.filtered(
            lambda row: (
                not row.sudo().company_id
                and row.sudo().create_uid.id != SUPERUSER_ID
                and not row.sudo().create_uid.company_ids & mine
            )
        )

    def _shared_error(self):
        return AccessError(
            self.env._(
                "Another company shares this with all: its managers change it, or an administrator."
                " Make one of your own for your company."
            )
        )

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Rows that a query makes have no external id: they are named by their number."""
        if self._name.startswith(OURS) and not self._is_an_ordinary_table():
            fields = [[".id"] if path[0] == "id" else path for path in fields]
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """As Odoo does, which ends in a fault of the server for what is kept as a structure."""
        field = self._fields.get(groupby_spec)
        if self._name.startswith(OURS) and field is not None and field.type == "json":
            words = self.env._("Nothing is grouped by “%s”.", self._label_of(field.name))
            raise AccessError(words)  # which Odoo takes for “no column” where it asks itself
        return super()._read_group_groupby(alias, groupby_spec, query)

    # -- what the database refuses -----------------------------------------------------------

    @api.model
    def _sql_error_to_message_generic(self, exc):
        """One sentence where Odoo, or the database, would show names of tables and columns."""
        if not self._name.startswith(OURS):
            return super()._sql_error_to_message_generic(exc)
        if isinstance(exc, NotNullViolation):
            name = self._label_of(exc.diag.column_name)
            return self.env._("“%s” is missing. Nothing was saved.", name)
        if isinstance(exc, ForeignKeyViolation):
            return self.env._(
                "It is still used, or belongs to something that is gone: archive it instead of"
                " deleting it. Nothing was saved."
            )
        if isinstance(exc, CheckViolation):
            return self.env._("These values do not go together. Nothing was saved.")
        return self.env._("The same is there already. Nothing was saved.")
