"""The program is of one version, the tables are of another."""

import json

import psycopg2

from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

from .. import versions

LOG = "odoo.addons.water_service_desk.availability.versions"
OTHER = "UPDATE ir_module_module SET latest_version = '19.0.0.0.1' WHERE name = %s"


class _Apart:
    def _set_apart(self):
        self.env.cr.execute(OTHER, ["water_service_desk"])
        self.env.registry.clear_cache()
        self.addCleanup(self.env.registry.clear_cache)


@tagged("post_install", "-at_install")
class TestVersions(_Apart, TransactionCase):
    def test_compared_figures(self):
        self.assertEqual(versions.apart(self.env.cr), [])
        program = versions.Manifest.for_addon("water_service_desk").version
        self._set_apart()
        rows = [("water_service_desk", "19.0.0.0.1", program)]
        self.assertEqual(versions.apart(self.env.cr), rows)

    def test_only_jobs_of_ours_wait(self):
        def ready():
            jobs = IrCron._get_all_ready_jobs(self.env.cr)
            return self.env["ir.cron"].browse(job["id"] for job in jobs)

        self.env["ir.cron"].search([]).write({"nextcall": "2020-01-01 00:00:00"})
        self.env.flush_all()
        models = set(ready().mapped("model_id.model"))
        ours = {model for model in models if model.startswith("water.")}
        self.assertTrue(ours and models - ours)
        self._set_apart()
        with self.assertLogs(LOG, "WARNING") as told:
            self.assertEqual(set(ready().mapped("model_id.model")), models - ours)
        self.assertIn("odoo -u water_service_desk", told.output[0])

    @mute_logger("odoo.sql_db")
    def test_tables_without_column(self):
        for statement, is_unknown in (
            ("SELECT water_none FROM res_company", True),
            ("SELECT 1 FROM water_none", True),
            ("SELECT 1/0", False),
        ):
            with self.assertRaises(psycopg2.Error) as found, self.env.cr.savepoint():
                self.env.cr.execute(statement)
            self.assertEqual(versions.is_unknown(found.exception), is_unknown)


@tagged("post_install", "-at_install")
class TestDoors(_Apart, HttpCase):
    def setUp(self):
        super().setUp()
        self._set_apart()

    @mute_logger(LOG, "odoo.http")
    def test_pages_of_ours(self):
        told = self.url_open("/water", headers={"Accept-Language": "zh-CN"})
        self.assertEqual((told.status_code, told.headers["Retry-After"]), (503, "5"))
        self.assertIn("系统正在升级", told.text)
        self.assertEqual(self.url_open("/web/login").status_code, 200)

    @mute_logger(LOG, "odoo.http")
    def test_the_web_client(self):
        self.env.ref("base.user_admin").lang = "zh_CN"
        self.authenticate("admin", "admin")
        for model, words in (("water.zone", "系统正在升级"), ("res.partner", None)):
            params = {"model": model, "method": "search_count", "args": [[]], "kwargs": {}}
            body = json.dumps({"jsonrpc": "2.0", "params": params})
            headers = {"Content-Type": "application/json"}
            path = f"/web/dataset/call_kw/{model}/search_count"
            told = self.url_open(path, body, headers=headers).json()
            self.assertEqual("error" in told, bool(words), told)
            if words:
                self.assertIn(words, told["error"]["data"]["message"])
