from odoo.tests import TransactionCase, tagged

NAME = "water_service_desk.test_cache_rollback"


@tagged("post_install", "-at_install")
class TestCacheRollback(TransactionCase):
    """Cached changes are dropped by a rollback, in any order of tests."""

    def _change(self):
        parameters = self.env["ir.config_parameter"]
        self.assertFalse(parameters.get_param(NAME))
        parameters.set_param(NAME, "changed")
        self.assertEqual(parameters.get_param(NAME), "changed")

    def test_one(self):
        """The change of the other one is gone."""
        self._change()

    def test_other(self):
        """Likewise."""
        self._change()
