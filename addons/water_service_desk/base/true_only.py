"""Searches by fields that are worked out."""

from functools import wraps


def true_only(search):
    """Make the search method of a boolean of one that returns the domain of the true ones.

    The ORM asks for nothing but ``in`` with what it could not turn round itself, and derives
    the negative. It does not ask whether the caller may read a field that it finds by a method:
    whoever may not would learn the answer for each row that he reads, or that points to one.

    :param search: method without further arguments that returns a domain
    """

    @wraps(search)
    def method(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        field = self._fields.get(search.__name__.removeprefix("_search_"))
        if field:
            self._check_field_access(field, "read")
        return search(self)

    return method
