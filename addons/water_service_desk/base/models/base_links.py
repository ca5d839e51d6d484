from odoo import api, models
from odoo.exceptions import UserError

#: how the models of the addons begin, and whose names are no less private than ours
OURS, PEOPLE = "water.", ("res.partner",)
LISTS = ("one2many", "many2many")


class Base(models.AbstractModel):
    # A form of ours names nothing that its user may not read. Odoo shows the name of whatever a
    # link points to, and works out with superuser rights what is stored or related, before anything
    # is saved: by a number after the other somebody would read what is closed to him.

    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        if self._name.startswith(OURS) and not self.env.su:
            self._check_named(values)
            self._check_named(self._named_by_default())
        return super().onchange(values, field_names, fields_spec)

    @api.model_create_multi
    def create(self, vals_list):
        if self._transient and self._name.startswith(OURS) and not self.env.su:
            for vals in (*vals_list, self._named_by_default()):
                self._check_named(vals)
        return super().create(vals_list)

    def write(self, vals):
        if self._transient and self._name.startswith(OURS) and not self.env.su:
            self._check_named(vals)
        return super().write(vals)

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

    def _check_named(self, values):
        """Refuse links to what the user may not read; what a record has already it may name.

        :param values: of a form, as the web client sends them
        :raises AccessError: for a closed record
        """
        for name, value in values.items():
            field = self._fields.get(name)
            model = field and value and self._named_model(field, value)
            if not isinstance(model, models.BaseModel):
                continue
            rows = model.browse(self._named_numbers(field, value))
            rows = rows - self[name] if self and rows else rows
            if rows:
                rows.check_access("read")
            for command in value if field.type in LISTS and isinstance(value, list) else ():
                if isinstance(command, list | tuple) and isinstance(command[-1], dict):
                    model._check_named(command[-1])

    def _named_model(self, field, value):
        """The model that a value of a field names, where it is ours or of people."""
        name = field.comodel_name
        if field.type == "reference" and isinstance(value, str):
            name = value.partition(",")[0]
        watched = name and (name.startswith(OURS) or name in PEOPLE)
        return self.env[name] if watched and name in self.env else None

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
