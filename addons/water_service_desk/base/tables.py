"""Tables that rooms fill together, as Odoo unites the ``_depends`` of all classes of a model.

A room declares its own part of a table as a class attribute, without naming other parts.
"""


def remembered(model, key, work_out):
    """Return the result of ``work_out()`` for the model's class, cached.

    Cached on the class of the registry as long as its bases stay the same: loading modules adds
    bases.

    :param model: a recordset
    :param key: name of the cached value
    :param work_out: function without arguments
    """
    cls = type(model)
    mro, memory = vars(cls).get("_water_memory", (None, None))
    if mro is not cls.__mro__:
        memory = {}
        cls._water_memory = (cls.__mro__, memory)
    if key not in memory:
        memory[key] = work_out()
    return memory[key]


def table(model, name):
    """The table ``name`` of the model: the parts of all its classes, the outermost last.

    Dictionaries are united, tuples joined, sets united; where two classes of a dictionary have the
    same key, tuples are joined, values that know how to are ``joined()``, and of others that of
    the outer class holds.

    :param model: a recordset
    :param name: the class attribute
    """
    return remembered(model, name, lambda: table_of(type(model), name))


def table_of(cls, name):
    """The table ``name`` of a class of the registry, worked out anew; see :func:`table`."""
    parts = [vars(part)[name] for part in reversed(cls.__mro__) if name in vars(part)]
    whole = parts[0]
    for part in parts[1:]:
        whole = _two(whole, part)
    return whole


def _two(inner, outer):
    if isinstance(inner, dict):
        return inner | {
            key: _two(inner[key], value) if key in inner else value for key, value in outer.items()
        }
    if isinstance(inner, tuple):
        return tuple(dict.fromkeys((*inner, *outer)))
    if isinstance(inner, frozenset):
        return inner | outer
    return inner.joined(outer) if hasattr(inner, "joined") else outer
