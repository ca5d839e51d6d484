"""Attributes of fields that say what happens to their values.

The attributes below stand in the declaration of a field, as Odoo's ``tracking`` does; an extension
of a model adds one by naming the field again. Related fields have those that they declare.

``water_born``
    Ways (``case/births.py``) in which the value is copied to a case created from another one.
``water_open``
    True: editable while the case is open, read-only afterwards (S3.1.3).
``water_mask``
    How the value is masked for readers who may not export personal data: a key of ``MASKS`` in
    ``privacy/masking.py``.
``water_erased``
    The rest after an erasure: ``empty``, ``gone`` (``***``), or ``masked``.
``water_package``
    True: part of the package for the person concerned (PIPL art. 45).
``water_filed``
    Most characters that a customer's form or an integration may send for it.
``water_portal``
    True: shown on the customer's page.
"""

from .tables import remembered

MARKS = frozenset(
    {"water_born", "water_open", "water_mask", "water_erased", "water_package", "water_filed"}
    | {"water_portal"}
)


def marked(model, mark):
    """``{field name: value of the attribute}`` of the fields of ``model`` that have it.

    :param model: a recordset
    :param mark: one of :data:`MARKS`
    """
    return remembered(model, mark, lambda: marked_of(model._fields, mark))


def marked_of(fields, mark):
    """The same of the fields of a class of the registry, worked out anew."""
    return {name: getattr(field, mark) for name, field in fields.items() if hasattr(field, mark)}
