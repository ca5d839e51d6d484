"""What a remote call names in records of other apps: to ask whether the caller may read it."""

from collections.abc import Mapping

from .call_shapes import are_ids

#: Odoo's methods by which a caller says what a record is to hold, and which Odoo calls as well.
NAMING = frozenset({"create", "write", "copy", "web_save_multi"})
ON_RECORDS = NAMING - {"create"}


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
    context = kwargs.get("context")
    if isinstance(context, Mapping):
        begun = {key[8:]: value for key, value in context.items() if key.startswith("default_")}
        found.append(begun)
    return found


def ids_of(method, args, kwargs):
    """Numbers of the records that a method is called on."""
    ids = kwargs.get("ids") or (args[0] if args and method in ON_RECORDS else ())
    ids = [ids] if isinstance(ids, int) else ids
    return ids if isinstance(ids, list) and are_ids(ids) else []


def numbered(names, rows):
    """``{field: number}`` of a table whose columns name records by their number.

    :param names: of the columns; what comes in by them is told by Odoo
    :param rows: lists of texts
    """
    if not (isinstance(names, list) and isinstance(rows, list)):
        return []
    places = {
        place: name[:-4]
        for place, name in enumerate(names)
        if isinstance(name, str) and name.endswith("/.id")
    }
    return [
        {name: int(row[place])}
        for row in rows
        for place, name in places.items()
        if isinstance(row, list) and len(row) > place and str(row[place]).isdecimal()
    ]
