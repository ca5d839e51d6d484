"""Whether a caller has asked for more of contacts than their names."""

from collections.abc import Mapping

#: Keys of a context by which the name of a contact tells more of him.
MORE = ("show_address", "show_email", "show_vat", "partner_show_db_id")


class _Told:
    """Of this class is the mark of what is read out to a caller; no client can send it."""


TOLD = _Told()


def asks_more(context, specification=None):
    """Whether names are to tell more, by the context or by what a form reads.

    :param specification: ``{field: {"fields": …, "context": …}}``
    """
    if any(context.get(key) for key in MORE):
        return True
    parts = specification.values() if isinstance(specification, Mapping) else ()
    return any(_part_asks(part) for part in parts if isinstance(part, Mapping))


def _part_asks(part):
    context = part.get("context")
    return asks_more(context if isinstance(context, Mapping) else {}, part.get("fields"))
