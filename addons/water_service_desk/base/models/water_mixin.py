from psycopg2.errors import CheckViolation, ForeignKeyViolation, NotNullViolation

from odoo import SUPERUSER_ID, api, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..door import clean
from ..links import check_staff, label_of
from ..tables import table
from ..trust import is_trusted

#: how the addons begin that bring fields of ours
ADDONS = "water_"


def _without(names, vals):
    return {key: vals[key] for key in vals if key not in names} if names & vals.keys() else vals


class WaterMixin(models.AbstractModel):
    """Rules that hold for every stored model of the addons, whichever way it is written.

    A caller's values are checked where the call enters (``door``).
    """

    _name = "water.mixin"
    _description = "Model of the Water Service"

    #: whether readonly fields are written by ``trusted`` records alone; models with a guard of
    #: their own (``water.guard.mixin``) see to it themselves
    _keeps_what_is_shown = False
    #: what of it a new record may bring
    _settable_on_create = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_by_hand():
            return super().create(vals_list)
        kept = self._names_only_shown() - table(self, "_settable_on_create")
        vals_list = [_without(kept, vals) for vals in vals_list]
        check_staff(self.browse(), *vals_list)
        begun = self._without_defaults(kept)
        return super(WaterMixin, begun).create(vals_list).with_env(self.env)

    @api.model
    def name_create(self, name):
        """Clean the name as the door cleans values: it comes alone, also from tables."""
        values = {self._rec_name or "name": name}
        if self._is_by_hand():
            clean(self.browse(), values)
        return super().name_create(next(iter(values.values())))

    def write(self, vals):
        if self._is_by_hand():
            if self._names_only_shown() & vals.keys():
                raise AccessError(self.env._("This is kept by the system."))
            check_staff(self, vals)
        return super().write(vals)

    # -- display ---------------------------------------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        """As Odoo, but also find records by number and name together, as lists are exported and
        imported again.
        """
        found = super()._search_display_name(operator, value)
        if operator not in ("=", "in", "ilike"):
            return found
        texts = [value] if isinstance(value, str) else value or ()
        return found | Domain.OR(self._shown_as(operator, text) for text in texts)

    @api.model
    def _shown_as(self, operator, text):
        names = [name for name in self._rec_names_search or () if "." not in name][:2]
        number, __, words = text.partition(" ") if isinstance(text, str) else ("", "", "")
        if len(names) < 2 or not words:
            return Domain.FALSE
        as_words = "ilike" if operator == "ilike" else "="
        return Domain(names[0], "=", number) & Domain(names[1], as_words, words)

    # -- display-only fields ---------------------------------------------------------------------

    @api.model
    def _is_by_hand(self):
        """Return whether a user writes; dialogs hold the values of their own screen."""
        return not (self.env.su or self._transient or is_trusted(self.env))

    @api.model
    @tools.ormcache()
    def _names_only_shown(self):
        """Return our fields that only services write: computed ones, and others that are readonly
        in the model.
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
        keys = {f"default_{name}" for name in names} & self.env.context.keys()
        if not keys:
            return self
        # pylint: disable=context-overridden
        return self.with_context(_without(keys, self.env.context))

    def _seen_by(self, user):
        """Return the records as a user reads them in all of their companies.

        The active companies of the present user do not apply, and may not be the other user's.
        """
        return self.with_user(user).with_context(allowed_company_ids=user.sudo().company_ids.ids)

    @api.model
    def _label_of(self, name):
        return label_of(self, name)

    # -- what several companies share ----------------------------------------------------------

    def _check_access(self, operation):
        """Let only the owning company or an administrator change shared records."""
        refused = super()._check_access(operation)
        if refused or self.env.su or operation not in ("write", "unlink"):
            return refused
        theirs = self._shared_by_others()
        return (theirs, self._shared_error) if theirs else None

    def _shared_by_others(self):
        """Return records without a company that only people of other companies have created.

        Delivered records belong to all.
        """
        field = self._fields.get("company_id")
        optional = field and field.store and not (field.required or field.readonly)
        if not optional or self.env.user.has_group("base.group_system"):
            return self.browse()
        mine = self.env.user.company_ids
        # sudo: res.users - only their companies
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
        if not self._is_an_ordinary_table():
            fields = [[".id"] if path[0] == "id" else path for path in fields]
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _read_group_groupby(self, alias, groupby_spec, query):
        field = self._fields.get(groupby_spec)
        if field is not None and field.type == "json":
            words = self.env._("No grouping by “%s”.", self._label_of(field.name))
            raise AccessError(words)  # which Odoo takes for “no column” where it asks itself
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _check_company(self, fnames=None):
        try:
            return super()._check_company(fnames)
        except UserError as refusal:
            refusal.args = (self._without_closed_names(str(refusal)),)
            raise

    def _without_closed_names(self, words):
        """``words`` with the number of each record that its reader may not read for its name."""
        for name, field in self._fields.items():
            if not (field.relational and field.check_company):
                continue
            # sudo: records named in the message - to remove their names
            named = self.sudo().mapped(name).sudo(False)
            for row in (named - named._filtered_access("read")).sudo():
                if row.display_name:
                    words = words.replace(row.display_name, f"{row._name}: {row.id}")
        return words

    # -- what the database refuses -----------------------------------------------------------

    @api.model
    def _sql_error_to_message_generic(self, exc):
        """One sentence where Odoo, or the database, would show names of tables and columns."""
        if isinstance(exc, NotNullViolation):
            name = self._label_of(exc.diag.column_name)
            return self.env._("“%s” is missing. Your change was not saved.", name)
        if isinstance(exc, ForeignKeyViolation):
            return self.env._(
                "It is still used, or belongs to a deleted record: archive it instead of deleting "
                "it. Your change was not saved."
            )
        if isinstance(exc, CheckViolation):
            return self.env._("These values do not go together. Your change was not saved.")
        return self.env._("The same record exists already. Your change was not saved.")
