from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestOtherApps(HttpCase):
    """Other apps judge the parameters of their own routes."""

    def _status(self):
        with mute_logger("odoo.http", "werkzeug"):
            return self.url_open("/web/image/1?width=-3").status_code

    def test_foundation(self):
        """Apps that ours stand on, directly or not, and none besides."""
        below = self.env["ir.module.module"]._water_foundation()
        self.assertLessEqual({"base", "web", "portal", "bus"}, below)
        self.assertNotIn("sale", below)

    def test_invalid_definition_is_refused(self):
        self.assertEqual(self._status(), 400)

    def test_other_apps_are_not_affected(self):
        modules = self.registry["ir.module.module"]
        with patch.object(modules, "_water_foundation", lambda rows: frozenset()):
            self.assertNotEqual(self._status(), 400)
