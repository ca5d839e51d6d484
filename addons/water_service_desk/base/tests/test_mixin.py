from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestMixin(TransactionCase):
    def test_models_and_dialogs_inherit_the_mixin(self):
        mixin = self.env.registry["water.mixin"]
        missing = [
            name
            for name, model in self.env.registry.items()
            if name.startswith("water.") and not model._abstract
            if not issubclass(model, mixin)
        ]
        self.assertEqual(missing, [])
