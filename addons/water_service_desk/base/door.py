"""Where a remote call enters: its context, links and texts are checked and cleaned here, once.

The web client, JSON-2, XML-RPC and JSON-RPC enter by ``ir.http`` (``_water_enter``), tables by
``load`` (``base``). Services, scheduled actions and other apps run Odoo's plain code.
"""

from collections.abc import Mapping

from odoo.exceptions import ValidationError

from .call_shapes import LISTS, are_ids, is_context, of_odoo
from .links import OURS, check_links, label_of
from .shallow import shallow
from .trust import MUTES
from .words import one_way, said

#: The longest text that a caller writes into a field: a line, and a text, which holds a mail as
#: well. Letters, sheets and sealed files have to take all of it. HTML has two characters of markup
#: for each one that is read.
MOST_SIGNS = {"char": 2_000, "text": 100_000, "html": 300_000}
#: kinds of fields that are empty without a value; a number is 0 then
EMPTIED = frozenset({"char", "text", "html", "selection", "date", "datetime", "many2one"})
#: By what requests name the model that they are about.
MODELS = ("model", "__model__", "thread_model")
#: What of a caller's context the checks go by.
SPOKEN = ("lang", "tz", "allowed_company_ids", "active_model", "active_id")


def enter(env, called):
    """Check and clean a remote call before its method is looked up.

    :param env: of the caller
    :param called: model, method, args and kwargs by the names of the door; changed in place
    :raises UserError: for a link to a closed record, and for a text that no field takes
    """
    method = called.get("method") or called.get("__method__")
    named = [called[key] for key in MODELS if isinstance(called.get(key), str)]
    named = [name for name in named if name in env]
    reads = isinstance(method, str) and any(is_readonly(env[name], method) for name in named)
    is_ours = any(name.startswith(OURS) for name in named)
    if is_ours:
        _hear(called, reads)
    if reads or not (named and isinstance(method, str)):
        return
    if is_ours and of_odoo(env[named[0]], method) is None:
        _drop_defaults(called)
        _clean_arguments(called)
    else:
        _check_values(env[named[0]], method, called)


def is_readonly(model, method):
    """Whether a method only reads, as its decorator says.

    :param model: of the called method
    :param method: its name
    """
    parts = [vars(part).get(method) for part in type(model).mro()]
    return any(getattr(part, "_readonly", False) for part in parts)


def _holder(called):
    """Where a door keeps the arguments by name, among them the context."""
    return called["kwargs"] if isinstance(called.get("kwargs"), dict) else called


def _context_of(called):
    context = _holder(called).get("context")
    return context if isinstance(context, Mapping) else {}


def _hear(called, reads):
    """Drop the context keys that no client sends.

    Archived records may be read on purpose; whatever changes something goes by the active ones.
    """
    if context := _context_of(called):
        dropped = MUTES - {"active_test"} if reads else MUTES
        kept = {key: value for key, value in context.items() if key not in dropped}
        _holder(called)["context"] = kept


def _drop_defaults(called):
    """Drop the defaults of the context: methods of ours choose the values of what they create."""
    if context := _context_of(called):
        kept = {key: value for key, value in context.items() if not _begins(key)}
        _holder(called)["context"] = kept


def _clean_arguments(called):
    """Remove null bytes and bidi controls from texts that a method of ours stores as superuser."""
    args = called["args"] if isinstance(called.get("args"), list) else []
    for place, items in ((args, enumerate(args)), (_holder(called), [*_holder(called).items()])):
        for key, value in items:
            if isinstance(value, str):
                place[key] = one_way(value.replace("\0", ""))


def _begins(key):
    return isinstance(key, str) and key.startswith("default_")


def _check_values(model, method, called):
    context = _context_of(called)
    spoken = {key: context[key] for key in SPOKEN if key in context} if is_context(context) else {}
    rows = model.browse(_ids_of(model, method, called)).with_context(**spoken)
    sent = _values_in(called)
    begun = {key[8:]: value for key, value in context.items() if _begins(key)}
    check_links(rows, *sent, begun)
    if method == "onchange":
        return
    for values in sent:
        clean(rows, values)
    if method == "name_create":
        _clean_name(rows, called)


def _ids_of(model, method, called):
    """Ids of the records that a method is called on."""
    if getattr(getattr(type(model), method, None), "_api_model", False):
        return []
    args = called.get("args")
    ids = _holder(called).get("ids") or (args[0] if isinstance(args, list | tuple) and args else ())
    ids = [ids] if isinstance(ids, int) else ids
    return list(ids) if isinstance(ids, list | tuple) and are_ids(ids) else []


def _values_in(called):
    """``{field: value}`` of the records, in whichever argument."""
    args = called["args"] if isinstance(called.get("args"), list | tuple) else ()
    named = [value for key, value in _holder(called).items() if key not in ("context", "kwargs")]
    found = []
    for value in (*args, *named):
        if isinstance(value, dict):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += [part for part in value if isinstance(part, dict)]
    return found


def _clean_name(rows, called):
    """The same for the name of a new record, which comes as an argument of its own."""
    args, holder = called.get("args"), _holder(called)
    place, key = (args, 0) if isinstance(args, list) and args else (holder, "name")
    if isinstance(holder.get("name") if place is holder else place[key], str):
        values = {rows._rec_name or "name": place[key]}
        clean(rows, values)
        place[key] = next(iter(values.values()))


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
        elif field is not None and field.type in LISTS and isinstance(value, list | tuple):
            _clean_below(rows.env[field.comodel_name], value)


def _clean_below(model, commands):
    """The same for the rows of a list."""
    for command in commands:
        if isinstance(command, list | tuple) and command and isinstance(command[-1], dict):
            has = command[0] == 1 and type(command[1]) is int
            clean(model.browse(command[1] if has else ()), command[-1])


def _text(rows, name, field, text):
    """The text as it is stored: nothing where nothing is seen, and a line without bidi controls."""
    if "\0" in text:  # no database keeps this sign
        raise ValidationError(rows.env._("A value is not possible here. Nothing was saved."))
    kind = field.type if field is not None else None
    if len(text) > MOST_SIGNS.get(kind, len(text)):
        words = rows.env._("Please shorten “%(field)s” to %(most)s characters.")
        told = {"field": label_of(rows, name), "most": MOST_SIGNS[kind]}
        raise ValidationError(words % told)
    if kind == "html":
        return shallow(text)
    if text and kind in ("char", "text") and not said(text):
        if field.required:
            words = rows.env._("Fill in “%s”: blanks say nothing.", label_of(rows, name))
            raise ValidationError(words)
        return False
    return one_way(text) if kind == "char" else text


def _check_there(rows, name, field):
    """Refuse to empty a required field, before anything is computed from it."""
    if field is not None and field.required and field.store and field.type in EMPTIED:
        words = rows.env._("“%s” is missing. Nothing was saved.", label_of(rows, name))
        raise ValidationError(words)
