"""Readers and format of the figures."""

from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from .. import figures
from ..controllers import metrics

TOKEN = "f1c3a9e7b2d84c60a1e50987"


@tagged("post_install", "-at_install")
class TestMetrics(HttpCase):
    def _status(self, **headers):
        return self.url_open("/water/metrics", headers=headers).status_code

    def test_this_machine_alone_without_a_token(self):
        self.env["ir.config_parameter"].set_param(metrics.TOKEN, False)
        answer = self.url_open("/water/metrics")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("\nwater_sweep_lag_seconds{} ", answer.text)
        self.assertTrue(self.env["water.alarm"]._is_scraped())
        self.assertEqual(self._status(**{"X-Forwarded-For": "203.0.113.5"}), 404)
        with patch.object(metrics.ipaddress, "ip_address") as address:
            address.return_value.is_loopback = False
            self.assertEqual(self._status(), 404)

    def test_token_holder(self):
        self.env["ir.config_parameter"].set_param(metrics.TOKEN, TOKEN)
        self.assertEqual(self._status(), 404)
        self.assertEqual(self._status(Authorization=f"Bearer {TOKEN[:-1]}"), 404)
        self.assertEqual(self._status(Authorization=TOKEN), 404)
        self.assertEqual(self._status(Authorization="Bearer \u00e9"), 404)
        given = {"Authorization": f"bearer {TOKEN}", "X-Forwarded-For": "203.0.113.5"}
        self.assertEqual(self._status(**given), 200)


@tagged("post_install", "-at_install")
class TestFigures(TransactionCase):
    def test_text(self):
        figure = figures.Figure("water_x", "What it is", "", ("job",))
        told = figures.text([(figure, [('a "b"\\\n', 3), ("c", None)])])
        lines = ["# HELP water_x What it is", "# TYPE water_x gauge"]
        lines += [r'water_x{job="a \"b\"\\\n"} 3', 'water_x{job="c"} 0', ""]
        self.assertEqual(told.split("\n"), lines)

    def test_administrators_alone(self):
        alarms = self.env["water.alarm"]
        admin = new_test_user(self.env, "watch", "base.group_user,base.group_system")
        action = alarms.with_user(admin)._open()
        rows = alarms.with_user(admin).search(action["domain"])
        self.assertTrue(all(rows.mapped("title")) and all(rows.mapped("todo")))
        manager = new_test_user(
            self.env, "boss", "base.group_user,water_service_desk.group_manager"
        )
        with self.assertRaises(AccessError):
            alarms.with_user(manager)._open()
        with self.assertRaises(AccessError):
            rows.write({"is_on": False})

    def test_a_token_is_long(self):
        settings = self.env["res.config.settings"]
        with self.assertRaises(ValidationError):
            settings.create({"water_metrics_token": "short"})
        settings.create({"water_metrics_token": TOKEN}).execute()
        stored = self.env["ir.config_parameter"].get_param(metrics.TOKEN)
        self.assertEqual(stored, TOKEN)
