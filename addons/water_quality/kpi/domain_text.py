"""Reads what definitions are written in; pure Python."""

from ast import literal_eval


def parsed(text):
    """The domain that was written.

    :raises ValueError: for what is none
    """
    try:
        domain = literal_eval(text or "[]")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error
    if not isinstance(domain, list):
        raise ValueError(text)
    return domain
