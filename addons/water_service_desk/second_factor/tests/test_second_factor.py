"""A role can require a second factor, set up before anything else."""

import base64
import json
import re
from datetime import timedelta
from time import time

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auth_totp.models.totp import hotp

from ...base.roles import MANAGER
from ...base.tests.common import WaterPeople

PAGE = "/water/second-factor"


@tagged("post_install", "-at_install")
class TestSecondFactor(WaterPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def setUp(self):
        super().setUp()
        self.env.ref(MANAGER).water_second_factor = True
        self.manager = self.users["manager"]

    def _sign_in(self, login):
        self.authenticate(f"water_{login}", f"water_{login}")

    def _get(self, path):
        return self.url_open(path, allow_redirects=False)

    def _call(self, model="res.partner", method="search_count", args=((),)):
        params = {"model": model, "method": method, "args": list(args), "kwargs": {}}
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        path = f"/web/dataset/call_kw/{model}/{method}"
        headers = {"Content-Type": "application/json"}
        return self.url_open(path, body, headers=headers).json()

    def test_another_password_forgets_devices(self):
        """Devices without a second factor must prove it again, no matter who set the password."""
        until = fields.Datetime.now() + timedelta(days=30)
        changes = (
            lambda: self.manager.write({"password": "Ganz-Neu-2026"}),
            lambda: self.manager._change_password("Noch-Neuer-2026"),
        )
        for change in changes:
            devices = self.env["auth_totp.device"].with_user(self.manager)
            key = devices._generate("browser", "Chromium", until)
            asked = {"scope": "browser", "key": key, "uid": self.manager.id}
            self.assertTrue(devices._check_credentials_for_uid(**asked))
            self.manager.write({"name": "王芳"})
            stored = self.manager._crypt_context().hash("Ganz-Neu-2026")
            self.manager._set_encrypted_password(self.manager.id, stored)  # as signing in may do
            self.assertTrue(devices._check_credentials_for_uid(**asked))
            change()
            self.assertFalse(devices._check_credentials_for_uid(**asked))

    def test_a_code_after_another_password(self):
        """A password change while waiting for the code starts over."""
        secret = base64.b32encode(b"12345678901234567890").decode()
        self.manager.sudo().totp_secret = secret
        given, other = "water_manager", "Ganz-Neu-2026"
        for password, is_changed, place in ((given, True, "/web/login"), (other, False, "/odoo")):
            page = self._get("/web/login?redirect=/odoo").text
            token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
            known = {"login": "water_manager", "password": password, "csrf_token": token}
            there = self.url_open("/web/login", known)
            self.assertIn("/web/login/totp", there.url)
            token = re.search(r'name="csrf_token" value="([^"]+)"', there.text)[1]
            if is_changed:
                self.manager.password = other
                self.env.flush_all()
                self.env.registry.clear_cache()
            code = {"totp_token": self._code(secret), "csrf_token": token}
            answer = self.url_open("/web/login/totp", code, allow_redirects=False)
            self.assertIn(place, answer.headers["Location"])

    def test_led_there_and_nowhere_else(self):
        """Pages, pictures, the interface and even public routes lead to the page or refuse."""
        self._sign_in("manager")
        for path in ("/odoo", "/my", "/web", "/web/image/res.users/1/image_128", "/water/report"):
            response = self.url_open(path)
            self.assertTrue(response.url.endswith(PAGE), (path, response.url))
        with mute_logger("odoo.http"):
            self.assertIn("second factor", str(self._call()["error"]))
            kind = {"Content-Type": "application/json"}
            answer = self.url_open("/web/session/modules", "{}", headers=kind).json()
        self.assertIn("error", answer)
        self.assertEqual(self._get("/web/session/logout").status_code, 303)

    def test_set_up(self):
        """The first code that fits opens everything; others, and none, do not."""
        self._sign_in("manager")
        page = self._get(PAGE)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")
        for code in ("", "abc", "１２３４５６", "12345", self._code(secret, 5)):
            self.assertEqual(self._post(code).status_code, 422, code)
        self.assertFalse(self.manager.totp_enabled)
        self.assertEqual(self._get("/odoo").status_code, 303)
        self.assertEqual(self._post(self._code(secret)).status_code, 303)
        self.env.invalidate_all()
        self.assertTrue(self.manager.totp_enabled)
        self.assertEqual(self._get("/odoo").status_code, 200)
        self.assertEqual(self._get(PAGE).status_code, 303)

    def _post(self, code):
        data = {"code": code, "csrf_token": Request.csrf_token(self)}
        return self.url_open(PAGE, data, allow_redirects=False)

    def _code(self, secret, later=0):
        return f"{hotp(base64.b32decode(secret), int(time() / 30) + later):06d}"

    def test_codes_are_limited(self):
        self._sign_in("manager")
        secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", self._get(PAGE).text)[1]
        secret = secret.replace(" ", "")
        for _attempt in range(5):
            self._post(self._code(secret, 9))
        self.assertEqual(self._post(self._code(secret)).status_code, 422)
        self.env.invalidate_all()
        self.assertFalse(self.manager.totp_enabled)

    def test_others_notice_nothing(self):
        """Roles without the demand, and customers."""
        for login, path in (("agent", "/odoo"), ("portal1", "/my")):
            self._sign_in(login)
            response = self.url_open(path)
            self.assertEqual(response.status_code, 200, login)
            self.assertNotIn(PAGE, response.url)
        self._sign_in("agent")
        self.assertIn("result", self._call())
        self.authenticate(None, None)
        self.assertNotIn(PAGE, self._get("/water/report").headers.get("Location", ""))

    def test_keys_of_programs(self):
        """A key works on; the password alone does not, by no interface."""
        self.env.flush_all()
        until = fields.Datetime.now() + timedelta(days=1)
        keys = self.env["res.users.apikeys"].with_user(self.manager)
        key = keys._generate("rpc", "test", until)
        self.authenticate(None, None)
        answer = self.url_open(
            "/json/2/res.users/context_get",
            "{}",
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertTrue(self.manager._rpc_api_keys_only())
        self.assertFalse(self.users["agent"]._rpc_api_keys_only())

    def test_setting(self):
        """Settings apply at once, and can be reverted."""
        settings = self.env["res.config.settings"]
        self.assertIn(self.env.ref(MANAGER), settings.create({}).water_second_factor_ids)
        self.assertTrue(self.manager._water_needs_second_factor())
        settings.create({"water_second_factor_ids": [(5,)]}).execute()
        self.assertFalse(self.manager._water_needs_second_factor())
        agents = self.env.ref("water_service_desk.group_agent")
        settings.create({"water_second_factor_ids": [(6, 0, agents.ids)]}).execute()
        self.assertTrue(self.users["agent"]._water_needs_second_factor())
        self.assertTrue(self.manager._water_needs_second_factor())  # has that role as well
