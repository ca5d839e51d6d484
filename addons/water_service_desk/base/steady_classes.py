"""Keeps changes of model classes to a minimum, so that Python's attribute cache works.

Python caches attribute look-ups of a class until the class changes. After a thousand changes it
stops caching (since 3.13: ``MAX_VERSIONS_PER_CLASS``) and searches all bases for each attribute,
120 of them for a complaint. Measured without this file: the classes of all cases and events lose
the cache, reading a field is nine times slower, and creating cases 2.4 times. The registry loads as
fast either way.

Odoo sets table, description and log of a model's class again for each of its bases, whenever a
class extends the model or one of its parents. Models extended in many places get thousands of
changes, nearly all without effect.
"""

import functools

from odoo.orm import model_classes

MISSING = object()


class Draft:
    """Replaces a model's class while its attributes are set; keeps their values."""

    def __init__(self, model_cls):
        self.__dict__["drafted"] = model_cls

    def __getattr__(self, name):
        return getattr(self.drafted, name)

    @property
    def _inherit_children(self):
        """Return the next models, which read the values set here."""
        self._carry_over()
        return self.drafted._inherit_children

    def _carry_over(self):
        """Set values on the class where they differ."""
        changes = {name: value for name, value in vars(self).items() if name != "drafted"}
        for name, value in changes.items():
            if vars(self.drafted).get(name, MISSING) != value:
                setattr(self.drafted, name, value)


def _steady(work_out):
    """Wrap ``work_out``, which sets attributes of a class, so that equal values change nothing."""

    @functools.wraps(work_out)
    def worked_out(model_cls):
        draft = Draft(model_cls)
        work_out(draft)
        draft._carry_over()

    return worked_out


def install():
    """Put it around Odoo's way of setting up classes, once."""
    if not hasattr(model_classes._init_model_class_attributes, "__wrapped__"):
        model_classes._init_model_class_attributes = _steady(
            model_classes._init_model_class_attributes
        )
