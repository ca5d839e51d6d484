"""Limits for signed-in users, without tracebacks."""

from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from xmlrpc.client import Fault

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.http import Response, get_session_max_inactivity
from odoo.tests import JsonRpcException, mute_logger, tagged
from odoo.tests.common import freeze_time

from ...base.roles import MANAGER
from ...base.tests.common import NOW, WaterCommon
from ...intake.page_headers import let_fonts, protect_any, protect_page
from ...intake.tests.upload_samples import PNG
from .common import OPENED, REPORT, TRACK, PublicCase


@tagged("post_install", "-at_install")
class TestDoorLimits(PublicCase):
    """Above the limit people are asked to wait, and nothing is stored."""

    def _refused(self, response):
        self.assertStatus(response, 429)
        self.assertTrue(int(response.headers["Retry-After"]))
        self.assertIn("was not sent", self.text(response))

    def test_customer(self):
        """Filings and answers count together, per customer."""
        self.company.water_portal_per_user = 2
        self.sign_in("portal1")
        case = self.env["water.inquiry"].create(self.inquiry_values())
        url = f"/my/inquiries/{case.id}"
        for _time in range(2):
            self.assertStatus(self.post(f"{url}/message", {"body": "x"}), 303)
        before = self.counts()
        self._refused(self.post(f"{url}/message", {"body": "y"}, [("a.png", PNG)]))
        self._refused(self.post("/my/inquiries/new", self.form()))
        self.assertEqual(self.counts(), before)
        self.assertStatus(self.get(url), 200)  # reading has no such limit
        self.sign_in("portal2")
        self.assertStatus(self.post("/my/inquiries/new", {}), 422)
        self.company.water_portal_per_user = 0
        self.sign_in("portal1")
        self.assertStatus(self.post(f"{url}/message", {"body": "z"}), 303)

    def test_scripts_of_a_customer(self):
        """Script requests are refused too, with an answer for scripts."""
        self.company.water_portal_per_user = 1
        self.sign_in("portal1")
        self.post(f"{REPORT}/drop", {})
        for url in (f"{REPORT}/drop", f"{REPORT}/upload", "/water/field/act"):
            with self.subTest(url):
                answer = self.post(url, {}, [("a.png", PNG)])
                self.assertStatus(answer, 429)
                self.assertTrue(answer.json()["error"])
        self.company.write({"water_upload_max_files": 1, "water_upload_max_mb": 1})
        answer = self.post(f"{REPORT}/upload", {}, [("a.png", PNG + bytes(3 << 20))])
        self.assertStatus(answer, 413)
        self.assertTrue(answer.json()["error"])

    def inquiry_values(self):
        return {
            "subject": "阶梯水价",
            "description": "阶梯水价怎么算？",
            "partner_id": self.customer.id,
            "phone": "13812345678",
            "category_id": self._category("gn").id,
            "channel_id": self._channel("portal").id,
        }

    def test_challenges(self):
        self.company.water_challenge_per_source = 2
        for _time in range(2):
            self.assertStatus(self.get(f"{REPORT}/challenge"), 200)
        answer = self.get(f"{REPORT}/challenge")
        self.assertStatus(answer, 429)
        self.assertTrue(int(answer.headers["Retry-After"]))

    def test_links_and_answers_without_login(self):
        """For any number of opened links and messages of one case."""
        case, number, code = self.file()
        self.company.write({"water_track_opens": 1, "water_track_actions": 1})
        link = f"{TRACK}/link/{case._track_token()}"
        self.assertLocation(self.get(link), OPENED)
        self._refused(self.get(link))
        self.assertLocation(self.track(number, code), OPENED)
        self.assertLocation(self.post(f"{OPENED}/message", {"body": "x"}), "done=message")
        self._refused(self.post(f"{OPENED}/message", {"body": "y"}))
        self.stranger()
        self.track(number, code)
        self._refused(self.post(f"{OPENED}/message", {"body": "y"}))  # another browser, same case
        words = case.event_ids.filtered(lambda row: row.kind == "customer_message")
        self.assertEqual(len(words), 1)

    def test_calls(self):
        """A telephone system gone wild opens no more than so many callers a minute."""
        self.company.water_call_per_user = 1
        self.sign_in("agent")
        self.assertStatus(self.get("/water/call?phone=13812345678"), 303)
        answer = self.get("/water/call?phone=13812345678")
        self.assertStatus(answer, 429)
        self.assertEqual(answer.headers["Retry-After"], "60")
        with freeze_time(datetime.now() + timedelta(seconds=61)):
            agent = str(self.users["agent"].id)
            self.assertFalse(self.env["water.attempt"]._is_over("call", agent, 1))


@tagged("post_install", "-at_install")
class TestNothingInside(PublicCase):
    """No traceback, query or path of the server reaches machines and customers."""

    def _key(self):
        with self.enter_registry_test_mode():
            keys = self.env["res.users.apikeys"].with_user(self.users["integration"])
            return keys._generate("rpc", "test", datetime.now() + timedelta(days=1))

    def _call(self, method, key, **values):
        headers = {"Authorization": f"bearer {key}"}
        return self.url_open(f"/json/2/water.api/{method}", json=values, headers=headers)

    @mute_logger("odoo.http", "odoo.addons.rpc")
    def test_json(self):
        key, bad = self._key(), "wrong"
        self.users["integration"].water_channel_ids = self._channel("wechat")
        for answer, status in (
            (self._call("status", bad, external_id="x"), 401),
            (self._call("status", key, external_id="x"), 404),
            (self._call("submit", key, case={}), 422),
            (self._call("nonsense", key), 404),
            (self._call("status", key, nonsense=1), 422),
        ):
            self.assertEqual(answer.status_code, status, answer.text)
            self.assertNotIn("debug", answer.json())
            self.assertNotIn("Traceback", answer.text)
            self.assertTrue(answer.json()["message"])
        api = self.registry["water.api"]
        with patch.object(api, "_find", side_effect=KeyError("SELECT secret FROM /srv/odoo")):
            answer = self._call("status", key, external_id="x")
        self.assertEqual(answer.status_code, 500)
        self.assertNotIn("secret", answer.text)
        self.assertEqual(answer.json()["message"], "Internal Server Error")

    @mute_logger("odoo.http", "odoo.addons.rpc")
    def test_json_nested_beyond_reason(self):
        """A machine is told that it cannot be read; the server has no fault."""
        headers = {"Authorization": f"bearer {self._key()}", "Content-Type": "application/json"}
        for deep in ("[" * 200_000, '{"case":' * 100_000):
            answer = self.url_open("/json/2/water.api/submit", data=deep, headers=headers)
            self.assertEqual(answer.status_code, 400, answer.text[:300])
            self.assertNotIn("Traceback", answer.text)

    @mute_logger("odoo.http")
    def test_a_session_that_is_over(self):
        """Refused before anything of the request is read: in words, with no fault of ours."""
        self.authenticate(None, None)
        params = {"model": "water.inquiry", "method": "search_read", "args": [[]], "kwargs": {}}
        answer = self.url_open(
            "/web/dataset/call_kw", json={"jsonrpc": "2.0", "params": params}
        ).json()
        self.assertIn("Session", answer["error"]["message"])

    @mute_logger("odoo.http")
    def test_json_rpc(self):
        """Customers at the browser console; staff may still see them for administrators."""
        for login, told in (("portal1", False), ("agent", True)):
            self.sign_in(login)
            params = {"model": "water.inquiry", "method": "nonsense", "args": [], "kwargs": {}}
            answer = self.url_open(
                "/web/dataset/call_kw", json={"jsonrpc": "2.0", "params": params}
            ).json()
            self.assertEqual("debug" in answer["error"]["data"], told)

    @mute_logger("odoo.http", "odoo.addons.rpc")
    def test_errors_of_other_apps(self):
        """Callers get Odoo's usual errors; our machines get none."""
        with self.enter_registry_test_mode():
            keys = self.env["res.users.apikeys"].with_user(self.users["plain"])
            plain = keys._generate("rpc", "test", datetime.now() + timedelta(days=1))
        for key, told in ((plain, True), (self._key(), False)):
            answer = self.url_open(
                "/json/2/res.partner/nonsense",
                json={"nonsense": 1},
                headers={"Authorization": f"bearer {key}"},
            )
            self.assertEqual("debug" in answer.json(), told, answer.text[:300])

    def test_a_machine_has_no_use_of_a_browser(self):
        """Refused with a message everywhere; calls are counted."""
        self.sign_in("integration")
        for model in ("res.partner", "water.account", "mail.message", "water.inquiry"):
            params = {"model": model, "method": "search_read", "args": [[]], "kwargs": {}}
            with self.subTest(model), self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.make_jsonrpc_request("/web/dataset/call_kw", params)
        # in a test the count is undone with the call that is refused, so one is counted here
        self.company.water_api_limit = 1
        call = {"user_id": self.users["integration"].id, "method": "x", "at": fields.Datetime.now()}
        self.env["water.api.call"].create(call)
        answer = self.url_open(
            "/json/2/water.inquiry/create",
            json={"vals_list": [{}]},
            headers={"Authorization": f"bearer {self._key()}"},
        )
        self.assertEqual(answer.status_code, 429, answer.text)

    def test_headers(self):
        """Our pages, and those that are not there, say what a browser may do."""
        self.sign_in("portal1")
        for url in ("/water/report", "/water/nonsense", "/my/inquiries", "/my/inquiries/0"):
            headers = self.visit(url).headers
            with self.subTest(url):
                self.assertIn("frame-ancestors 'self'", headers["Content-Security-Policy"])
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(headers["Referrer-Policy"], "same-origin")
                self.assertNotIn("Strict-Transport-Security", headers)
        for url in ("/my", "/nonsense", "/web/health"):
            headers = self.visit(url).headers
            with self.subTest(url):  # other apps are framed, and send their referrer, as before
                self.assertNotIn("base-uri", headers.get("Content-Security-Policy", ""))
                self.assertNotIn("Referrer-Policy", headers)
        secure = protect_any(Response(), secure=True).headers
        self.assertEqual(secure["Strict-Transport-Security"], "max-age=31536000")

    def test_fonts_of_a_site(self):
        """In its frame styles and fonts may come from where it has them, scripts from nowhere."""
        before = protect_page(Response(), "word").headers["Content-Security-Policy"]
        policy = let_fonts(protect_page(Response(), "word")).headers["Content-Security-Policy"]
        kinds = [
            dict(part.strip().split(" ", 1) for part in p.split(";")) for p in (before, policy)
        ]
        changed = {kind: words for kind, words in kinds[1].items() if words != kinds[0][kind]}
        self.assertEqual(
            changed,
            {
                "style-src": "'self' https://fonts.googleapis.com 'unsafe-inline'",
                "font-src": "'self' https://fonts.gstatic.com data:",
            },
        )

    def test_pages_of_a_customer_stay_in_no_browser(self):
        """Odoo's own pages too; public ones are cached as before, and so are pictures."""
        self.assertNotIn("no-store", self.visit("/web/login").headers["Cache-Control"])
        self.sign_in("portal1")
        for url in ("/my", "/my/home", "/my/account", "/my/security", "/my/inquiries"):
            with self.subTest(url):
                self.assertEqual(self.visit(url).headers["Cache-Control"], "no-store")
        picture = self.visit(f"/web/image/res.partner/{self.customer.id}/avatar_128")
        self.assertNotEqual(picture.headers.get("Cache-Control"), "no-store")

    def test_requests_that_cannot_be_meant(self):
        """They are refused before they become faults of the server."""
        for url in ("/water/track/link/a%00b", "/water/report/x%0Ay"):
            with self.subTest(url):
                self.assertStatus(self.get(url), 400)
        self.sign_in("portal1")
        self.assertStatus(self.post("/my/security", {"old": "x"}), 400)

    def test_link_to_what_has_no_links(self):
        """A token for a record that has none is a wrong token, no fault of the server."""
        case = self.env["water.inquiry"].create(self._inquiry_values())
        message = case.message_post(body="x")
        person = self.customer.message_post(body="x")
        for row in message | person:
            url = f"/mail/avatar/mail.message/{row.id}/author_avatar/6x17"
            for link in ("access_token=x", "_hash=x&pid=1"):
                with self.subTest(row.model, link=link):
                    self.assertStatus(self.visit(f"{url}?{link}"), 200)

    def test_settings_for_production(self):
        """Sessions end, wrong passwords slow down; what an administrator has set stays."""
        script = (Path(__file__).parents[4] / "config" / "production.py").read_text()
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("base.login_cooldown_duration", "900")
        parameters.set_param("sessions.max_inactivity_seconds", False)
        for _time in range(2):
            exec(script, {"env": self.env})
        self.assertEqual(parameters.get_param("base.login_cooldown_duration"), "900")
        self.assertEqual(get_session_max_inactivity(self.env), 8 * 3600)
        self.assertTrue(self.env.ref("base.group_system").water_second_factor)
        self.env.ref(MANAGER).water_second_factor = False
        exec(script, {"env": self.env})
        self.assertFalse(self.env.ref(MANAGER).water_second_factor)

    @mute_logger("odoo.http", "odoo.addons.rpc")
    def test_a_machine_is_refused_in_words(self):
        """Limits hold regardless of Odoo's methods of other models."""
        headers = {"Authorization": f"bearer {self._key()}"}
        for model in ("mail.notification", "mail.message", "mail.followers", "discuss.channel"):
            for rows in ([{}], [{"res_partner_id": "x"}], [5]):
                with self.subTest(model=model, rows=rows):
                    answer = self.url_open(
                        f"/json/2/{model}/create", json={"vals_list": rows}, headers=headers
                    )
                    self.assertEqual(answer.status_code, 403, answer.text[:300])
                    self.assertEqual(answer.json()["name"], "odoo.exceptions.AccessError")

    @mute_logger("odoo.http", "odoo.addons.rpc", "odoo.addons.rpc.controllers")
    def test_older_interfaces_are_closed_to_machines(self):
        """The called names and their frequency are not counted there."""
        machine, key = self.users["integration"], self._key()
        caller = [self.env.cr.dbname, machine.id, key]
        for model, method, args in (
            ("water.api", "categories", []),
            ("res.users", "read", [machine.id]),
        ):
            params = {"service": "object", "method": "execute_kw"}
            params["args"] = [*caller, model, method, args]
            answer = self.url_open("/jsonrpc", json={"params": params}).json()
            with self.subTest(model), self.assertRaises(Fault) as refused:
                self.xmlrpc_object.execute_kw(*caller, model, method, args)
            self.assertIn("closed to integrations", refused.exception.faultString)
            self.assertIn("closed to integrations", answer["error"]["data"]["message"])


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMachine(WaterCommon):
    """An integration has no right on any record: what it does, it does by the interface."""

    def _open(self, mode):
        machine = self.env(user=self.users["integration"])
        return {name for name in machine.registry if machine[name].has_access(mode)}

    def test_no_right_on_any_model(self):
        """Not on cases, the address book, messages, files, filters and defaults."""
        tables = {name for name, model in self.registry.items() if not model._abstract}
        self.assertEqual(self._open("read") & tables, {"res.users"})
        for mode in ("create", "write", "unlink"):
            with self.subTest(mode):
                self.assertFalse(self._open(mode) & tables)
        self.assertTrue(self.env["res.partner"].with_user(self.users["plain"]).has_access("read"))

    def test_sees_own_users(self):
        machine = self.users["integration"]
        self.assertEqual(self._as("integration", self.env["res.users"]).search([]), machine)
        with self.assertRaises(AccessError):
            self._as("integration", self.users["agent"]).read(["name"])

    def test_a_case_does_not_read_out_the_customers(self):
        """Cases created record by record showed name, telephone and address of any customer."""
        before = self.env["water.inquiry"].search_count([])
        inquiries = self._as("integration", self.env["water.inquiry"])
        for values in (self._inquiry_values(), {"partner_id": self.customer.id}):
            with self.assertRaises(AccessError):
                inquiries.create(values)
        self.assertEqual(self.env["water.inquiry"].search_count([]), before)
        case = self._inquiry("integration", channel_id=self._channel("app").id)
        for call in (
            lambda mine: mine.read(["name"]),
            lambda mine: mine.search([]),
            lambda mine: mine.web_read({"partner_id": {"fields": {"phone": {}}}}),
            lambda mine: mine.write({"subject": "x"}),
        ):
            with self.assertRaises(AccessError):
                call(self._as("integration", case))

    def test_an_administrator_makes_the_key(self):
        machine, admin = self.users["integration"], self.env.ref("base.user_admin")
        shown = machine.with_user(admin).action_water_new_key()
        key = shown["context"]["default_key"]
        keys = self.env["res.users.apikeys"]
        self.assertEqual(keys._check_credentials(scope="rpc", key=key), machine.id)
        with self.assertRaisesRegex(UserError, "not an integration"):
            self.users["agent"].with_user(admin).action_water_new_key()
        for login in ("manager", "integration"):
            with self.assertRaises(AccessError):
                machine.with_user(self.users[login]).action_water_new_key()
        self.assertEqual(keys.sudo().search_count([("user_id", "=", machine.id)]), 1)
