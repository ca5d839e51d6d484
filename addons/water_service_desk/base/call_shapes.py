"""Argument shapes of Odoo's own remote methods, to tell odd calls from faults of ours."""

import inspect
import math
from collections.abc import Mapping, Sequence

from odoo import fields

#: Where our own code begins.
OURS = "odoo.addons.water_"
#: A column of numbers holds none beyond.
MOST = 2**31
TEXTS = frozenset({"char", "text", "html", "selection", "date", "datetime", "reference", "binary"})
NUMBERS = frozenset({"boolean", "integer", "float", "monetary"})
LISTS = frozenset({"one2many", "many2many"})


def is_misshaped(model, method, args, kwargs, context=None):
    """Whether a call brings something of another kind than Odoo's method of this name takes.

    :param model: of the called method
    :param args: what comes by position, without the ids
    :param context: that the caller has sent
    """
    if not is_context(context):
        return True
    called = of_odoo(model, method)
    if called is None:
        return False
    try:
        given = inspect.signature(called).bind(model, *args, **kwargs).arguments
    except (TypeError, ValueError):  # too few of them, too many, or others
        return True
    return any(name in KINDS and not KINDS[name](model, value) for name, value in given.items())


def are_ids(value):
    """Whether records can be meant."""
    return _is_number(value) or (_is_list(value) and all(map(_is_number, value)))


def of_odoo(model, method):
    """Return Odoo's function of the name: ours pass their arguments on to it."""
    for part in type(model).mro():
        if not part.__module__.startswith(OURS) and callable(vars(part).get(method)):
            return vars(part)[method]
    return None


def _is_list(value):
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _is_number(value):
    return type(value) is int and -MOST <= value < MOST


def is_context(context):
    if not context:
        return True
    if not isinstance(context, Mapping):
        return False
    words = (context.get(name) for name in ("lang", "tz"))
    companies = context.get("allowed_company_ids") or []
    return _are_numbers(None, companies) and all(
        not word or isinstance(word, str) for word in words
    )


def _are_names(_model, value):
    return isinstance(value, str | None) or (
        _is_list(value) and all(isinstance(name, str) for name in value)
    )


def _are_numbers(_model, value):
    return not value or (_is_list(value) and are_ids(value))


def _are_many(model, value):
    rows = value if _is_list(value) else [value]
    return all(_are_values(model, row) for row in rows)


def _are_values(model, value):
    return isinstance(value, Mapping) and all(
        name in model._fields and _is_value(model, model._fields[name], part)
        for name, part in value.items()
    )


def _is_value(model, field, value):
    """Return whether a field of this type may store the value, regardless of the rules."""
    if value is None or value is False:
        return True
    if field.type in ("date", "datetime"):
        return isinstance(value, str) and _is_moment(field, value)
    if field.type in TEXTS:
        return isinstance(value, str)
    if field.type in NUMBERS:
        return isinstance(value, int | float) and math.isfinite(value) and abs(value) < MOST
    if field.type == "many2one":
        return _is_number(value)
    if field.type in LISTS:
        rows = model.env[field.comodel_name]
        return _is_list(value) and all(_is_command(rows, part) for part in value)
    return True


def _is_moment(field, text):
    try:
        kind = fields.Date.to_date if field.type == "date" else fields.Datetime.to_datetime
        return not text or bool(kind(text))
    except ValueError:
        return False


def is_command(part):
    """Return whether it is an id, or a command of a list with any values."""
    if not _is_list(part):
        return _is_number(part)
    code, number, values = (*part, None, None, None)[:3]
    if code in (0, 1):
        return isinstance(values, Mapping) and (code == 0 or _is_number(number))
    if code in (2, 3, 4):
        return _is_number(number)
    return code == 5 or (code == 6 and _is_list(values) and are_ids(values))


def _is_command(rows, part):
    writes = _is_list(part) and part and part[0] in (0, 1)
    return is_command(part) and (not writes or _are_values(rows, part[2]))


def _is_specification(model, value):
    return value is None or (
        isinstance(value, Mapping)
        and all(_is_part(model._fields.get(name), model, part) for name, part in value.items())
    )


def _is_part(field, model, part):
    """Whether it says how one field is read."""
    if field is None or not isinstance(part, Mapping):
        return False
    numbers = all(part.get(name) is None or _is_number(part[name]) for name in ("limit", "offset"))
    below = part.get("fields")
    if below is not None and field.comodel_name:
        below = _is_specification(model.env[field.comodel_name], below)
    else:
        below = below is None or isinstance(below, Mapping)
    order = part.get("order")
    return numbers and below and is_context(part.get("context")) and isinstance(order, str | None)


#: {name of an argument: whether its value can be meant}, of what code of ours looks at
KINDS = {
    **dict.fromkeys(("vals", "values"), _are_values),
    "vals_list": _are_many,
    "default": lambda model, value: value is None or _are_values(model, value),
    **dict.fromkeys(
        ("specification", "fields_spec", "unfold_read_specification"), _is_specification
    ),
    **dict.fromkeys(("fields", "field_names", "fnames", "fields_to_export"), _are_names),
    **dict.fromkeys(("allfields", "fields_list", "groupby", "group_by", "aggregates"), _are_names),
    **dict.fromkeys(("partner_ids", "attachment_ids", "subtype_ids"), _are_numbers),
}
