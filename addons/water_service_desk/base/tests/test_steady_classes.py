import ctypes

from odoo.orm import model_classes
from odoo.tests import TransactionCase, tagged

from ..steady_classes import Draft

#: offset of the attribute cache in a class in CPython (64 bits); 0 for none
VERSION = 384


def is_remembered(cls):
    """Whether Python remembers where it has found attributes of a class that was just asked."""
    getattr(cls, "given", None)  # asked, so that it may be remembered
    return bool(ctypes.c_uint32.from_address(id(cls) + VERSION).value)


@tagged("post_install", "-at_install")
class TestSteadyClasses(TransactionCase):
    """Python stays quick with models that are extended in many places."""

    def test_attributes_are_remembered(self):
        """No model has been changed so often that Python gives it up."""

        class Worn:
            given = 0

        self.assertTrue(is_remembered(Worn))
        for number in range(1100):
            Worn.given = number
            self.assertEqual(Worn.given, number)
        if is_remembered(Worn):
            return  # a Python that frees no classes: nothing to lose
        mixin = self.env.registry["water.case.mixin"]
        names = [mixin._name, *mixin._inherit_children, "water.deadline", "res.partner"]
        for name in names:
            with self.subTest(model=name):
                self.assertTrue(is_remembered(self.env.registry[name]))

    def test_the_same_is_worked_out(self):
        """Computed attributes of Odoo are on the class, set once."""
        for name in ("water.case.mixin", "res.users", "water.deadline"):
            model = self.env.registry[name]
            told = ("_description", "_table", "_log_access", "_inherits", "_depends")
            before = {key: getattr(model, key) for key in told}
            draft = Draft(model)
            model_classes._init_model_class_attributes.__wrapped__(draft)
            with self.subTest(model=name):
                self.assertEqual({key: getattr(draft, key) for key in told}, before)
                for key in ("_description", "_table", "_log_access"):
                    self.assertIn(key, vars(draft))
