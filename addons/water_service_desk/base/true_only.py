"""Searches by fields that are worked out."""

from functools import wraps


def true_only(search):
    """Make the search method of a boolean of one that returns the domain of the true ones.

    The ORM asks for nothing but ``in`` with what it could not turn round itself, and derives
    the negative.

    :param search: method without further arguments that returns a domain
    """

    @wraps(search)
    def method(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return search(self)

    return method
