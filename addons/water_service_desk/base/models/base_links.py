from collections import defaultdict
from itertools import product

from odoo import api, models, tools
from odoo.exceptions import AccessError, UserError

from ..call_shapes import are_ids
from ..trust import is_trusted

#: how the models of the addons begin, and Odoo's whose names are no less private than ours
OURS = "water."
PRIVATE = ("res.partner", "res.partner.bank", "res.users", "ir.attachment", "account.move")
#: Of other apps: what the system prints and posts with its own rights, and the field that says of
#: which model the record is that it is about.
ACTED_ON = {"snailmail.letter": "model"}
LISTS = ("one2many", "many2many")
#: Whose rows stand beside cases and tell of masked people: what they name is no word for it.
BESIDE = (OURS, "mail.", "discuss.", "res.", "ir.")
#: by these words the screens offer the company's own people
STAFF = "('share', '=', False)"


def is_private(name):
    """Whether the names of a model's records are no less private than ours.

    :param name: of a model, or nothing
    """
    return bool(name) and (name.startswith(OURS) or name in PRIVATE)


class Base(models.AbstractModel):
    # A record of ours names nothing that its writer may not read. Odoo shows the name of whatever a
    # link points to, and works out with superuser rights what is stored or related, in a form
    # before anything is saved: by a number after the other somebody would read what is closed to
    # him, or have it stand in a record of his.

    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su:
            ours = self._name.startswith(OURS)
            check = self._check_named if ours else self._check_linked
            check(values, self._named_by_default())
        return super().onchange(values, field_names, fields_spec)

    def web_save(self, vals, specification, next_id=None):
        if self._is_foreign_call():
            self._check_linked(vals, self._named_by_default())
        return super().web_save(vals, specification, next_id)

    @api.model
    def _is_foreign_call(self):
        """Whether a user, and not the system, says what rows of another app are to hold."""
        return not (self.env.su or self._name.startswith(OURS))

    def _load_records_create(self, vals_list):
        """By a number or an identifier a table names whom its columns of names would not find."""
        if self._is_foreign_call():
            self.browse()._check_linked(*vals_list, self._named_by_default())
        return super()._load_records_create(vals_list)

    def _load_records_write(self, values):
        if self._is_foreign_call():
            self._check_linked(values, {})
        return super()._load_records_write(values)

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_asked_what_it_names():
            self.browse()._check_named(*vals_list, self._named_by_default())
            self._check_acted_on(*vals_list, self._named_by_default())
        return super().create(vals_list)

    def write(self, vals):
        if self._is_asked_what_it_names():
            self._check_named(vals)
            self._check_acted_on(vals)
        return super().write(vals)

    def _is_asked_what_it_names(self):
        """Whether somebody himself says what a row of ours names; the system names what it must."""
        is_asked = self._name.startswith(OURS) or self._name in ACTED_ON
        return is_asked and not (self.env.su or is_trusted(self.env))

    @api.model
    def _check_acted_on(self, *many):
        """No other app prints a record of ours for whoever has only named it by its number.

        :raises AccessError: for a record of ours
        """
        name = ACTED_ON.get(self._name)
        if name and any(str(values.get(name)).startswith(OURS) for values in many):
            words = self.env._("Letters of the service are written and sent in the case itself.")
            raise AccessError(words)

    def _check_company(self, fnames=None):
        """As Odoo does, which calls by its name what belongs to a company that is closed to him."""
        try:
            return super()._check_company(fnames)
        except UserError as refusal:
            if self._name.startswith(OURS):
                refusal.args = (self._without_closed_names(str(refusal)),)
            raise

    def _without_closed_names(self, words):
        """``words`` with the number of each record that its reader may not read for its name."""
        for name, field in self._fields.items():
            if not (field.relational and field.check_company):
                continue
            # sudo: whatever is named - to take its name out
            named = self.sudo().mapped(name).sudo(False)
            for row in (named - named._filtered_access("read")).sudo():
                if row.display_name:
                    words = words.replace(row.display_name, f"{row._name}: {row.id}")
        return words

    def _named_by_default(self):
        """What the caller's context would have the form begin with."""
        context = self.env.context.items()
        return {key[8:]: value for key, value in context if str(key).startswith("default_")}

    def _check_named(self, *many):
        """Refuse links to what the user may not read; what a record has already it may name.

        What many name in one field is asked about at once.

        :param many: values of a form or a row, as callers send them
        :raises AccessError: for a closed record
        """
        named = defaultdict(set)
        for values in many:
            for name, value in values.items():
                field = self._fields.get(name)
                model = field and value and self._named_model(field, value)
                if isinstance(model, models.BaseModel):
                    owners = self._owners_of(values) if model._name == "res.users" else None
                    named[name, model._name, owners].update(self._named_numbers(field, value))
                    self._check_below(field, model, value)
        for (name, model, owners), numbers in named.items():
            rows = self.env[model].browse(sorted(numbers))
            if closed := rows - rows._filtered_access("read"):
                self._check_had(
                    name, closed, self.env._("“%s” names what is closed to you. Nothing was saved.")
                )
            if strangers := self._not_staff(name, rows - closed, owners):
                self._check_had(
                    name, strangers, self.env._("“%s”: choose somebody who works for the company.")
                )

    def _check_linked(self, *many):
        """Refuse a link, which shows a name, to what the user may not read, in rows of other apps.

        :param many: values of rows, as callers send them; last, what the rows begin with
        :raises AccessError: for a closed record
        """
        self._check_beside(*many)
        for values in many:
            for name, value in values.items() if isinstance(values, dict) else ():
                field = self._fields.get(name)
                if field is None or not value:
                    continue
                if field.type in LISTS:
                    self._check_linked_below(field, value)
                elif isinstance(model := self._named_model(field, value), models.BaseModel):
                    rows = model.browse(self._named_numbers(field, value))
                    closed = rows - rows._filtered_access("read")
                    if closed and not self._is_shown(field, closed):
                        words = self.env._("“%s” names what is closed to you. Nothing was saved.")
                        self._check_had(name, closed, words)

    def _check_beside(self, *many):
        """The same for what is named by a number, and its model by a word beside it: Odoo works
        out its name with superuser rights, as for a to-do or a rating.
        """
        if not (pairs := self._beside()):
            return
        begun = self.env["ir.default"]._as_chosen(self._name)
        for values in many:
            said = {**begun, **many[-1], **values} if isinstance(values, dict) else {}
            for name, model, link in pairs:
                if {name, model, link} & said.keys():
                    self._check_numbered(name, said, model, link)

    @api.model
    @tools.ormcache()
    def _beside(self):
        """``((field of a number, field of its model's name, the link that this shows), …)``."""
        found = []
        for name, field in self._fields.items():
            model = getattr(field, "model_field", None)
            if not model and field.type == "integer" and name.endswith("res_id"):
                model = f"{name.removesuffix('id')}model"
            if model in self._fields:
                found.append((name, model, (self._fields[model].related or "").partition(".")[0]))
        return tuple(found)

    def _check_numbered(self, name, said, model, link):
        # sudo: what the records have, and what models are called
        had, models_ = self.sudo(), self.env["ir.model"].sudo()
        shown = type(said.get(link)) is int and models_.browse(said[link]).exists().model
        names = {one for one in (said.get(model), shown) if one and isinstance(one, str)}
        names = names or set(had.mapped(model))
        numbers = [said[name]] if name in said else had.mapped(name)
        numbers = [int(number) for number in numbers if str(number).isdecimal()]
        for named in product(filter(is_private, names), filter(None, numbers)):
            is_had = bool(had) and all((row[model], row[name]) == named for row in had)
            is_there = named[0] in self.env and not self.env[named[0]]._abstract
            if is_there and not (is_had or self.env[named[0]].browse(named[1]).has_access("read")):
                words = self.env._("“%s” names what is closed to you. Nothing was saved.")
                raise AccessError(words % self._label_of(name))

    @api.model
    def _may_link(self, name, value):
        """Whether the user may have a row of another app name this; the system may."""
        try:
            if not self.env.su:
                self.browse()._check_linked({name: value}, {})
        except AccessError:
            return False
        return True

    def _is_shown(self, field, closed):
        """Whether the user reads the name of what is closed to him anyway.

        Odoo shows it in each row that names it: in one of this kind, such as the task that he
        divides, or in the one that he comes from, such as the lead that he makes an offer for.
        """
        if field.type != "many2one":
            return False
        rows = self.browse()
        if self._tells_whom_it_names(field):
            plain = rows.with_env(self.env(context={}))
            rows = plain.search([(field.name, "=", closed.id)], limit=1)
        return bool(rows) or self._come_from()._names_openly(closed)

    @api.model
    def _come_from(self):
        """The row in which the user has pressed what led him here, as screens say it."""
        name = self.env.context.get("active_model")
        numbers = self.env.context.get("active_id")
        if not (isinstance(name, str) and name in self.env and are_ids(numbers)):
            return self.browse()
        return self.env[name].browse(numbers).exists()._filtered_access("read")

    def _names_openly(self, closed):
        """Whether one of these rows, which the user may read, shows him this name."""
        links = [link for link in self._fields.values() if link.comodel_name == closed._name]
        named = [link.name for link in links if self._tells_whom_it_names(link)]
        # sudo: whatever is named - by what the user may read
        return any(closed in self.sudo().mapped(name) for name in named)

    def _tells_whom_it_names(self, field):
        is_link = field.type == "many2one" and field.store and not self._name.startswith(BESIDE)
        return is_link and self.has_access("read") and self._has_field_access(field, "read")

    def _check_linked_below(self, field, value):
        """The same for what the rows of a list are to name."""
        rows = self.env[field.comodel_name]
        for command in value if isinstance(value, list) else ():
            if isinstance(command, list | tuple) and command and isinstance(command[-1], dict):
                has = command[0] == 1 and type(command[1]) is int
                rows.browse(command[1] if has else ())._check_linked(command[-1], {})

    def _owners_of(self, values):
        """The companies whose rows these are, or will be; nothing where that is not said.

        :param values: of a row, as callers send them
        """
        number = values.get("company_id")
        if "company_id" not in self._fields:
            return self.env["res.company"]
        if self or type(number) is not int:
            # sudo: whose they are, nothing of them
            return self.sudo().company_id
        return self.env["res.company"].browse(number)

    def _not_staff(self, name, rows, owners):
        """Who has no work here, where work is given to somebody: the screens do not offer them.

        Whoever looks at two companies gives nobody the work of the one in which he is not.
        """
        if rows._name != "res.users" or STAFF not in str(self._fields[name].domain):
            return rows.browse()
        here = self.env.companies
        # sudo: res.users - who works where
        return rows.sudo().filtered(
            lambda user: (
                user.share or (owners - user.company_ids if owners else not user.company_ids & here)
            )
        )

    def _check_had(self, name, closed, words):
        """Refuse what is closed, but for what the records have: it was put there by who might.

        What records have that the user may not read is none of his business.
        """
        # sudo: what the records have
        had = [row[name] for row in self.sudo()] if self == self._filtered_access("read") else []
        is_had = all(rows and rows._name == closed._name and not closed - rows for rows in had)
        if not (had and is_had):
            raise AccessError(words % self._label_of(name))

    def _check_below(self, field, model, value):
        """The same for what the rows of a list are to name."""
        for command in value if field.type in LISTS and isinstance(value, list) else ():
            if isinstance(command, list | tuple) and isinstance(command[-1], dict):
                has = command[0] == 1 and type(command[1]) is int
                model.browse(command[1] if has else ())._check_named(command[-1])

    def _named_model(self, field, value):
        """The model that a value of a field names, where it is ours, of people, files or books."""
        name = field.comodel_name
        if field.type == "reference" and isinstance(value, str):
            name = value.partition(",")[0]
        return self.env[name] if is_private(name) and name in self.env else None

    @api.model
    def _named_numbers(self, field, value):
        """Numbers of existing records in a value of a link."""
        if field.type == "reference":
            number = value.partition(",")[2]
            found = [int(number)] if number.isdecimal() else []
        elif field.type in LISTS:
            found = self._commanded(value)
        else:
            found = [value]
        return [number for number in found if type(number) is int and 0 < number < 2**31]

    @api.model
    def _commanded(self, value):
        """Numbers in the commands of a list, or of a plain list of numbers."""
        found = []
        for part in value if isinstance(value, list | tuple) else ():
            if isinstance(part, list | tuple):
                found += [part[1]] if len(part) > 1 else []
                found += part[2] if len(part) > 2 and isinstance(part[2], list | tuple) else []
            else:
                found.append(part)
        return found
