"""Searches by fields that are worked out."""

from functools import wraps


def true_only(search):
    """Decorate the search method of a boolean that returns the domain of true records.

    The ORM asks only for ``in`` with values it could not simplify, and derives the negation. It
    does not check read access to a field with a search method: users without access could learn its
    value by searching.

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
