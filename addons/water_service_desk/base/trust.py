"""Marks work that the addon does itself, so that guards let it pass.

A context key alone would be an open door: remote callers choose their own context
(style: a guard opens for an object's identity, which no client can send).
"""

_TOKEN = object()
_KEY = "water_trusted"


def trusted(records):
    """Return ``records`` with the mark that opens the addon's own guards.

    :param records: any recordset about to be written by a checked service method
    :return: the same records in a marked environment
    """
    return records.with_context(**{_KEY: _TOKEN})


def is_trusted(env):
    """Tell whether ``env`` carries the mark set by :func:`trusted`.

    :param env: the environment of the current call
    :return: True only for the very token object of this process
    """
    return env.context.get(_KEY) is _TOKEN


def untrusted(records):
    """Return ``records`` without the mark, before handing them to foreign code.

    :param records: a recordset that may carry the mark
    """
    context = {key: value for key, value in records.env.context.items() if key != _KEY}
    # pylint: disable=context-overridden
    return records.with_context(context)
