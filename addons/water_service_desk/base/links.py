"""Checks links to closed records in the values of remote calls.

Odoo shows the name of each linked record, and computes stored and related fields as superuser, also
in an unsaved form. By trying ids a user could read closed records, or copy their values.
"""

from collections import defaultdict
from itertools import product

from odoo.exceptions import AccessError, ValidationError
from odoo.models import BaseModel

from .call_shapes import LISTS, are_ids, is_command
from .tables import remembered

#: how the models of the addons begin, and Odoo's whose names are no less private than ours
OURS = "water."
PRIVATE = ("res.partner", "res.partner.bank", "res.users", "ir.attachment", "account.move")
#: Models of other apps that are printed and sent as superuser: the field that names the model.
ACTED_ON = {"snailmail.letter": "model"}
#: Models linked to masked people: their links would reveal names.
BESIDE = (OURS, "mail.", "discuss.", "res.", "ir.")
#: by these words the screens offer the company's own people
STAFF = "('share', '=', False)"


def is_private(name):
    """Return whether a model's record names are private.

    :param name: of a model, or None
    """
    return bool(name) and (name.startswith(OURS) or name in PRIVATE)


def check_links(rows, *many):
    """Refuse links to records that the user may not read, except those that ``rows`` have already.

    Links to the same model in one field are checked at once.

    :param rows: the records to which the values are written; none for new ones
    :param many: values as callers send them; the last are the defaults of the context
    :raises AccessError: for a closed record, or a user who does not work for the company
    """
    is_ours = rows._name.startswith(OURS)
    if not is_ours:
        _check_beside(rows, *many)
        _check_acted_on(rows, *many)
    linked = defaultdict(set)
    for values in many:
        for name, value in values.items():
            field = rows._fields.get(name)
            if field is None or not value:
                continue
            for row, below in written_in(rows, field, value):
                check_links(row, below, {})
            model = _linked_model(rows, field, value)
            if model is not None and (is_ours or field.type not in LISTS):
                linked[name, model._name].update(_ids_in(field, value))
    for (name, model), ids in linked.items():
        _check_linked(rows, name, rows.env[model].browse(sorted(ids)))
    check_staff(rows, *many)


def _check_linked(rows, name, linked):
    closed = linked - linked._filtered_access("read")
    is_foreign = not rows._name.startswith(OURS)
    if is_foreign and rows._fields[name].type == "many2one":
        closed = closed.filtered(lambda one: not _is_shown(rows, rows._fields[name], one))
    if closed:
        words = rows.env._("“%s” refers to a record you cannot see. Your change was not saved.")
        _check_had(rows, name, closed, words)


def check_staff(rows, *many):
    """Refuse to give work of ours to users who do not work for the company: screens offer no other.

    :param rows: the records to which the values are written; none for new ones
    :param many: values as callers send them
    :raises AccessError: for a user who does not work for the company
    """
    for values in many:
        for name in values.keys() & _staff_fields(rows):
            users = rows.env["res.users"].browse(_ids_in(rows._fields[name], values[name]))
            if strangers := _strangers(rows, users, _owners_of(rows, values)):
                words = rows.env._("“%s”: choose a member of staff.")
                _check_had(rows, name, strangers, words)


def _staff_fields(rows):
    def found():
        for name, field in rows._fields.items():
            if field.comodel_name == "res.users" and STAFF in str(field.domain):
                yield name

    is_ours = rows._name.startswith(OURS)
    return remembered(rows, "staff", lambda: frozenset(found() if is_ours else ()))


def _strangers(rows, users, owners):
    here = rows.env.companies
    # sudo: res.users - who works where
    return users.sudo().filtered(
        lambda user: (
            user.share or (owners - user.company_ids if owners else not user.company_ids & here)
        )
    )


def label_of(rows, name):
    """The label of a field in the user's language; the name of a field that is not there."""
    field = rows._fields.get(name)
    return field._description_string(rows.env) if field else name


def _check_acted_on(rows, *many):
    """Refuse other apps' actions on our records by model and id."""
    name = ACTED_ON.get(rows._name)
    if name and any(str(values.get(name)).startswith(OURS) for values in many):
        words = rows.env._("Letters of the service are written and sent in the case itself.")
        raise AccessError(words)


def _check_beside(rows, *many):
    if not (pairs := _beside(rows)):
        return
    begun = rows.env["ir.default"]._get_model_defaults(rows._name)
    for values in many:
        sent = {**begun, **many[-1], **values}
        for name, model, link in pairs:
            if {name, model, link} & sent.keys():
                _check_numbered(rows, name, sent, model, link)


def _beside(rows):
    """``((field of an id, field of its model's name, the link that this shows), …)``."""

    def found():
        for name, field in rows._fields.items():
            model = getattr(field, "model_field", None)
            if not model and field.type == "integer" and name.endswith("res_id"):
                model = f"{name.removesuffix('id')}model"
            if model in rows._fields:
                yield name, model, (rows._fields[model].related or "").partition(".")[0]

    return remembered(rows, "ids beside models", lambda: tuple(found()))


def _check_numbered(rows, name, sent, model, link):
    # sudo: present values of the records, and names of models
    had, models_ = rows.sudo(), rows.env["ir.model"].sudo()
    shown = type(sent.get(link)) is int and models_.browse(sent[link]).exists().model
    names = {one for one in (sent.get(model), shown) if one and isinstance(one, str)}
    names = names or set(had.mapped(model))
    ids = [sent[name]] if name in sent else had.mapped(name)
    ids = [int(number) for number in ids if _is_whole(number)]
    for linked in product(filter(is_private, names), filter(None, ids)):
        is_had = bool(had) and all((row[model], row[name]) == linked for row in had)
        is_there = linked[0] in rows.env and not rows.env[linked[0]]._abstract
        if is_there and not (is_had or rows.env[linked[0]].browse(linked[1]).has_access("read")):
            words = rows.env._("“%s” refers to a record you cannot see. Your change was not saved.")
            raise AccessError(words % label_of(rows, name))


def _is_whole(number):
    """Return whether an integer column accepts it: Odoo takes 5.0 and " 5" for 5 as well."""
    try:
        return int(number or 0) > 0
    except (TypeError, ValueError, OverflowError):
        return False


def _is_shown(rows, field, closed):
    """Whether the user reads the name of a closed record anyway.

    Odoo shows it in each row that links to it: in one of this kind, such as the task that is
    divided, or in the one that the user comes from, such as the lead of an offer.
    """
    if _shows_name(rows, field):
        plain = rows.browse().with_env(rows.env(context={}))
        if plain.search([(field.name, "=", closed.id)], limit=1):
            return True
    come_from = _come_from(rows)
    links = [link for link in come_from._fields.values() if link.comodel_name == closed._name]
    names = [link.name for link in links if _shows_name(come_from, link)]
    # sudo: linked records - reachable from a record that the user may read
    return any(closed in come_from.sudo().mapped(name) for name in names)


def _come_from(rows):
    """Return the record whose button the user has pressed, by the context."""
    name, number = rows.env.context.get("active_model"), rows.env.context.get("active_id")
    if not (isinstance(name, str) and name in rows.env and are_ids(number)):
        return rows.browse()
    return rows.env[name].browse(number).exists()._filtered_access("read")


def _shows_name(rows, field):
    is_link = field.type == "many2one" and field.store and not rows._name.startswith(BESIDE)
    return is_link and rows.has_access("read") and rows._has_field_access(field, "read")


def written_in(rows, field, value):
    """Return ``(row, values)`` of the rows that the value of a link writes, new ones without id.

    Forms send the values of a row's parent as well, by the link to it.

    :raises ValidationError: for commands of another shape, in lists of ours
    """
    if field.type == "many2one" and isinstance(value, dict):
        number = value.get("id")
        row = rows.env[field.comodel_name].browse(number if are_ids(number) else ())
        return [(row, value)]
    if field.type not in LISTS or not isinstance(value, list | tuple):
        return []
    model, found = rows.env[field.comodel_name], []
    is_ours = rows._name.startswith(OURS) or model._name.startswith(OURS)
    for part in value:
        if is_ours and not is_command(part):
            raise ValidationError(
                rows.env._("A value is not possible here. Your change was not saved.")
            )
        parts = part if isinstance(part, list | tuple) else (part,)
        number = parts[1] if len(parts) > 1 and parts[0] == 1 and are_ids(parts[1]) else ()
        found += [(model.browse(number), below) for below in parts if isinstance(below, dict)]
    return found


def _owners_of(rows, values):
    """Return the companies of present or future rows; empty if the values do not say."""
    number = values.get("company_id")
    if "company_id" not in rows._fields:
        return rows.env["res.company"]
    if rows or type(number) is not int:
        # sudo: only the company of the rows
        return rows.sudo().company_id
    return rows.env["res.company"].browse(number)


def _check_had(rows, name, closed, words):
    """Refuse closed records, except those that readable ``rows`` are linked to already."""
    # sudo: present values of the records
    had = [row[name] for row in rows.sudo()] if rows == rows._filtered_access("read") else []
    is_had = all(links and links._name == closed._name and not closed - links for links in had)
    if not (had and is_had):
        raise AccessError(words % label_of(rows, name))


def _linked_model(rows, field, value):
    name = field.comodel_name
    if field.type == "reference" and isinstance(value, str):
        name = value.partition(",")[0]
    is_known = is_private(name) and name in rows.env
    return rows.env[name] if is_known and isinstance(rows.env[name], BaseModel) else None


def _ids_in(field, value):
    if field.type == "reference":
        number = value.partition(",")[2] if isinstance(value, str) else ""
        found = [int(number)] if number.isdecimal() else []
    elif field.type in LISTS:
        found = _commanded(value)
    else:
        found = [value.get("id") if isinstance(value, dict) else value]
    return [number for number in found if type(number) is int and 0 < number < 2**31]


def _commanded(value):
    found = []
    for part in value if isinstance(value, list | tuple) else ():
        if isinstance(part, list | tuple):
            found += [part[1]] if len(part) > 1 else []
            found += part[2] if len(part) > 2 and isinstance(part[2], list | tuple) else []
        else:
            found.append(part)
    return found
