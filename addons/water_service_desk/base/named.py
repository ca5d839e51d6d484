"""What a remote call names in records of other apps: to ask whether the caller may read it."""

from collections.abc import Mapping

from .call_shapes import are_ids

#: Odoo's methods that ask themselves (``base_links``), whoever calls them.
ASKING = frozenset({"onchange", "web_save"})


def is_naming(model, method):
    """Whether a method may make or change rows: any that is not known to read only.

    Its caller says by its arguments, or by what his context begins with, what they are to hold.

    :param model: of the called method
    :param method: its name
    """
    parts = [vars(part).get(method) for part in type(model).mro()]
    reads = any(getattr(part, "_readonly", False) for part in parts)
    return not (reads or method in ASKING)


def named_in(args, kwargs):
    """``{field: value}`` of the records, in whichever argument, and what the context begins with.

    :param args: what comes by position
    :param kwargs: what comes by name
    """
    given = [*args, *kwargs.values()]
    found = [value for value in given if isinstance(value, Mapping)]
    for value in given:
        if isinstance(value, list):
            found += [part for part in value if isinstance(part, Mapping)]
    begun = {key[8:]: value for key, value in context_of(kwargs).items() if _begins(key)}
    return [*found, begun]


def _begins(key):
    return isinstance(key, str) and key.startswith("default_")


def context_of(kwargs):
    """The context that a caller has sent; empty where it is none."""
    context = kwargs.get("context")
    return context if isinstance(context, Mapping) else {}


def ids_of(model, method, args, kwargs):
    """Numbers of the records that a method is called on.

    :param model: of the called method
    """
    if getattr(getattr(type(model), method, None), "_api_model", False):
        return []
    ids = kwargs.get("ids") or (args[0] if args else ())
    ids = [ids] if isinstance(ids, int) else ids
    return ids if isinstance(ids, list) and are_ids(ids) else []
