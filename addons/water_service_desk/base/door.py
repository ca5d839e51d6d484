"""Where a remote call enters: its context, links and texts are checked and cleaned here, once.

The web client, JSON-2, XML-RPC and JSON-RPC enter by ``ir.http``, tables by ``load`` (``base``).
Services, scheduled actions and other apps run Odoo's plain code.
"""

from collections.abc import Mapping

from odoo.exceptions import ValidationError

from .call_shapes import LISTS, are_ids, is_context, of_odoo
from .links import OURS, check_links, label_of, written_in
from .shallow import shallow
from .trust import MUTES
from .words import one_way, strip_invisible

#: The longest text that a caller writes into a field: a line, and a text, which holds a mail as
#: well. Letters, sheets and sealed files have to take all of it. HTML has two characters of markup
#: for each one that is read.
MOST_SIGNS = {"char": 2_000, "text": 100_000, "html": 300_000}
#: kinds of fields that are empty without a value; a number is 0 then
EMPTIED = frozenset({"char", "text", "html", "selection", "date", "datetime", "many2one"})
#: Names of model and method at the doors.
CALL, JSON_2 = ("model", "method"), ("__model__", "__method__")
#: Context keys that the checks use.
SPOKEN = ("lang", "tz", "allowed_company_ids", "active_model", "active_id")


def enter(env, called, by_json_2=False):
    """Check and clean a remote call before its method is looked up.

    :param env: of the caller
    :param called: model, method and arguments by the names of the door; changed in place
    :param by_json_2: whether the arguments stand beside the model, and not in args and kwargs
    :raises UserError: for a call of another shape, for a link to a closed record, and for a text
        that no field takes
    """
    name, method = (called.get(key) for key in (JSON_2 if by_json_2 else CALL))
    is_call = isinstance(name, str) and name in env and isinstance(method, str)
    if is_call:
        _check_shape(env, called, by_json_2)
    holder = _holder(called, by_json_2)
    reads = is_call and is_readonly(env[name], method)
    if any(str(one).startswith(OURS) for one in (name, called.get("thread_model"))):
        _hear(holder, reads)
    if not is_call:
        return
    args = [] if by_json_2 else called.get("args") or []
    if name.startswith(OURS) and of_odoo(env[name], method) is None:
        _clean_arguments(args, holder)
    elif not reads:
        _check_values(env[name], method, args, holder)


def _check_shape(env, called, by_json_2):
    """Refuse pairs as arguments: Odoo accepts them, but they cannot be checked here."""
    kwargs = called if by_json_2 else called.get("kwargs")
    is_shaped = not kwargs or isinstance(kwargs, dict)
    if is_shaped and not by_json_2 and called.get("args"):
        is_shaped = isinstance(called["args"], list)
    context = kwargs.get("context") if is_shaped and kwargs else None
    if not is_shaped or (context and not isinstance(context, Mapping)):
        raise ValidationError(env._("A value is not possible here. Your change was not saved."))


def is_readonly(model, method):
    """Whether a method only reads, as its decorator says.

    :param model: of the called method
    :param method: its name
    """
    parts = [vars(part).get(method) for part in type(model).mro()]
    return any(getattr(part, "_readonly", False) for part in parts)


def _holder(called, by_json_2=False):
    """Return where a door puts the named arguments, among them the context."""
    is_below = not by_json_2 and isinstance(called.get("kwargs"), dict)
    return called["kwargs"] if is_below else called


def _context_of(holder):
    context = holder.get("context")
    return context if isinstance(context, Mapping) else {}


def _hear(holder, reads):
    """Drop context keys that clients must not send.

    Reading archived records is allowed; methods that change records use active ones.
    """
    if context := _context_of(holder):
        dropped = MUTES - {"active_test"} if reads else MUTES
        holder["context"] = {key: value for key, value in context.items() if key not in dropped}


def _clean_arguments(args, holder):
    """Clean the texts in a call of our methods, which may store them as superuser, or search.

    These methods set the values of what they create: context defaults are dropped.
    """
    if context := _context_of(holder):
        holder["context"] = {key: value for key, value in context.items() if not _begins(key)}
    args[:] = map(_plain, args)
    for key, value in holder.items():
        if key not in ("context", *CALL, *JSON_2):
            holder[key] = _plain(value)


def _plain(value):
    """Return the value without null bytes and bidi controls, also within lists and dicts."""
    if isinstance(value, str):
        text = one_way(value.replace("\0", ""))
        return text if strip_invisible(text) else ""
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(part) for key, part in value.items()}
    return value


def _begins(key):
    return isinstance(key, str) and key.startswith("default_")


def _check_values(model, method, args, holder):
    context = _context_of(holder)
    spoken = {key: context[key] for key in SPOKEN if key in context} if is_context(context) else {}
    rows = model.browse(_ids_of(model, method, args, holder)).with_context(**spoken)
    sent = [*_values_in(args), *_values_in(v for k, v in holder.items() if k != "context")]
    begun = {key[8:]: value for key, value in context.items() if _begins(key)}
    check_links(rows, *sent, begun)
    if method == "onchange":
        return
    for values in sent:
        clean(rows, values)


def _ids_of(model, method, args, holder):
    if getattr(getattr(type(model), method, None), "_api_model", False):
        return []
    ids = args[0] if args else holder.get("ids")
    ids = [ids] if isinstance(ids, int) else ids
    return ids if isinstance(ids, list) and are_ids(ids) else []


def _values_in(given):
    """Return ``{field: value}`` of the records, in any argument."""
    for value in given:
        for part in value if isinstance(value, list | tuple) else (value,):
            if isinstance(part, dict):
                yield part


def clean(rows, values):
    """Check and clean the texts that a caller writes into records of ours, and into lists of them.

    :param rows: the records; none for new ones
    :param values: ``{field: value}`` as callers send it; changed in place
    :raises ValidationError: for a required field without a value, and for a text that is too long
    """
    is_ours = rows._name.startswith(OURS)
    for name, value in list(values.items()):
        field = rows._fields.get(name)
        if is_ours and isinstance(value, str):
            values[name] = _text(rows, name, field, value)
        elif is_ours and rows and (value is None or value is False):
            _check_there(rows, name, field)
        elif field is not None and field.type in LISTS:
            for row, below in written_in(rows, field, value):
                clean(row, below)


def _text(rows, name, field, text):
    """Return the text as stored: empty if invisible, and lines without bidi controls."""
    if "\0" in text:  # no database keeps this sign
        raise ValidationError(
            rows.env._("A value is not possible here. Your change was not saved.")
        )
    kind = field.type if field is not None else None
    if len(text) > MOST_SIGNS.get(kind, len(text)):
        words = rows.env._("Please shorten “%(field)s” to %(most)s characters.")
        told = {"field": label_of(rows, name), "most": MOST_SIGNS[kind]}
        raise ValidationError(words % told)
    if kind == "html":
        return shallow(text)
    if text and kind in ("char", "text") and not strip_invisible(text):
        if field.required:
            words = rows.env._("Fill in “%s”: it cannot be blank.", label_of(rows, name))
            raise ValidationError(words)
        return False
    return one_way(text) if kind == "char" else text


def _check_there(rows, name, field):
    if field is not None and field.required and field.store and field.type in EMPTIED:
        words = rows.env._("“%s” is missing. Your change was not saved.", label_of(rows, name))
        raise ValidationError(words)
