"""The classes of models are changed no more than they must be: Python stays quick with them.

Python remembers where it has found the attributes of a class, and forgets it when the class is
changed. A class that has been changed a thousand times it remembers nothing of any more (since
3.13: ``MAX_VERSIONS_PER_CLASS``), and goes through all its bases whenever an attribute is asked
for, 120 of them for a complaint. Measured without this file: the classes of all cases and of their
events are given up, a field is read nine times slower, and cases are created 2.4 times slower. The
registry loads as fast either way.

Odoo sets table, description and log of a model's class anew for each of its bases, whenever a
class extends the model or one of those that it inherits from. Models that are extended in many
places come to many thousand changes by that, nearly all of which change nothing.
"""

import functools

from odoo.orm import model_classes

MISSING = object()


class Draft:
    """Stands for a model's class while its attributes are worked out; keeps what is set."""

    def __init__(self, model_cls):
        self.__dict__["drafted"] = model_cls

    def __getattr__(self, name):
        return getattr(self.drafted, name)

    @property
    def _inherit_children(self):
        """The models whose turn is next: they read what has been worked out here."""
        self._carry_over()
        return self.drafted._inherit_children

    def _carry_over(self):
        """Set on the class what it does not have yet."""
        changes = {name: value for name, value in vars(self).items() if name != "drafted"}
        for name, value in changes.items():
            if vars(self.drafted).get(name, MISSING) != value:
                setattr(self.drafted, name, value)


def _steady(work_out):
    """``work_out`` sets attributes of a class; this way the class is changed where they differ."""

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
