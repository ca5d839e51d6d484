"""Reads what definitions are written in; pure Python."""

from ast import literal_eval


def parsed(text):
    """Return the domain of a text.

    :raises ValueError: if the text is no domain
    """
    try:
        domain = literal_eval(text or "[]")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error
    if not isinstance(domain, list):
        raise ValueError(text)
    return domain
