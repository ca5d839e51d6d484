"""What becomes of the values of a field, said once, at the field itself.

The attributes below stand in the declaration of a field, as Odoo's ``tracking`` does; an extension
of a model adds one by naming the field again. Related fields have those that they declare.

``water_born``
    Ways (``case/births.py``) in which the value goes along into a case born of another one.
``water_open``
    True: people write it while the case is open, and nobody afterwards (S3.1.3).
``water_mask``
    How the value is masked for readers who may not take out personal data: a key of ``MASKS`` in
    ``privacy/masking.py``.
``water_erased``
    What is left once the person is erased: ``empty``, ``gone`` (``***``), or ``masked``.
``water_package``
    True: it is part of the package for the person concerned (PIPL art. 45).
``water_filed``
    Longest text, in characters, that a customer's form or an integration may give for it.
``water_portal``
    True: the customer's page shows it.
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
