import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tests.common import _super_send, freeze_time
from odoo.tools import mute_logger

from ...base.tests.common import NOW, WaterCommon
from ...messaging.gateway_http import GatewayError
from ...messaging.guarded_http import deliver, is_allowed, networks
from ...messaging.models.water_gateway import ALLOWED_KEY

SECRET = "a-secret-of-enough-characters"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802  # name that http.server calls
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        answer = self.server.answer
        if answer == "drop":
            self.connection.close()
            return
        if answer == "wait":
            time.sleep(2)
            answer = 200
        self.send_response(answer)
        if answer == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        if answer == 503:
            self.send_header("Retry-After", "600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """No output."""


def _server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.got, server.answer = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@tagged("post_install", "-at_install")
class TestAddresses(BaseCase):
    """Allowed targets of a webhook: by address, regardless of the name."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        return _super_send(s, r, **kw)

    def test_internal_addresses_are_refused(self):
        for address in (
            "127.0.0.1",
            "10.0.0.1",
            "172.16.5.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104  # nobody binds it here
            "224.0.0.1",
            "::1",
            "fe80::1%eth0",
            "fd00::1",
            "::ffff:10.0.0.1",
            "2002:0a00:0001::",
            "64:ff9b::a00:1",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "fec0::1",
        ):
            with self.subTest(address):
                self.assertFalse(is_allowed(address))
        for address in ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"):
            with self.subTest(address):
                self.assertTrue(is_allowed(address))

    def test_allowed_networks(self):
        allowed = networks("10.1.0.0/16, 127.0.0.1\nfd00::/8")
        for address, good in (
            ("10.1.2.3", True),
            ("10.2.0.1", False),
            ("127.0.0.1", True),
            ("127.0.0.2", False),
            ("fd00::5", True),
            ("::ffff:10.1.0.1", True),
        ):
            with self.subTest(address):
                self.assertEqual(is_allowed(address, allowed), good)

    def test_a_name_that_leads_inside(self):
        """The address is looked up once and judged then; one bad address spoils the name."""
        server = _server()
        self.addCleanup(server.shutdown)
        port = server.server_port
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        both = [(*row, ("8.8.8.8", port)), (*row, ("127.0.0.1", port))]
        for found in (both[1:], both):
            with (
                patch("socket.getaddrinfo", return_value=found) as resolve,
                self.assertRaises(GatewayError) as caught,
            ):
                deliver("POST", f"http://hooks.example.com:{port}/", {}, b"{}", 2)
            self.assertEqual(caught.exception.kind, "internal")
            self.assertEqual(resolve.call_count, 1)
        self.assertEqual(server.got, [])

    def test_addresses_in_disguise(self):
        """One number, hexadecimal, octal, short, mapped or translated: the same place inside."""
        server = _server()
        self.addCleanup(server.shutdown)
        mapped = ("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]")
        metadata = ("2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:a9fe:a9fe]")
        for host in ("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", *mapped, *metadata):
            with self.subTest(host), self.assertRaises(GatewayError) as caught:
                deliver("POST", f"http://{host}:{server.server_port}/", {}, b"{}", 2)
            self.assertEqual(caught.exception.kind, "internal", host)
        self.assertEqual(server.got, [])
        deliver(
            "POST", f"http://2130706433:{server.server_port}/", {}, b"{}", 2, networks("127.0.0.1")
        )
        self.assertEqual(len(server.got), 1)

    def test_the_judged_address_is_the_one_used(self):
        """A name that later resolves elsewhere gets nothing."""
        server = _server()
        self.addCleanup(server.shutdown)
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.server_port))
        with patch("socket.getaddrinfo", return_value=[row]) as resolve:
            url = f"http://hooks.example.com:{server.server_port}/x"
            deliver("POST", url, {}, b"{}", 5, networks("127.0.0.1"))
        [(path, headers, _body)] = server.got
        names = [call.args[0] for call in resolve.call_args_list]
        self.assertEqual((path, names), ("/x", ["hooks.example.com", "127.0.0.1"]))
        self.assertEqual(headers["Host"], f"hooks.example.com:{server.server_port}")


@tagged("post_install", "-at_install")
class TestWebhook(WaterCommon):
    """Events of cases told to a real receiver: signed, tried again, given up, sent again."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        return _super_send(s, r, **kw)  # time-outs as they are set

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = _server()
        cls.addClassCleanup(cls.server.shutdown)
        cls.env["ir.config_parameter"].set_param(ALLOWED_KEY, "127.0.0.1")
        cls.hook = cls.env["water.webhook"].create(
            {
                "name": "WeChat",
                "url": f"http://127.0.0.1:{cls.server.server_port}/events",
                "channel_ids": cls._channel("wechat").ids,
                "secret": SECRET,
                "timeout": 1,
                "max_attempts": 3,
            }
        )
        cls.users["integration"].water_channel_ids = cls._channel("wechat") | cls._channel("app")
        cls.deliveries = cls.env["water.webhook.delivery"]

    def setUp(self):
        super().setUp()
        self.enterContext(self.enter_registry_test_mode())
        self.server.got.clear()
        self.server.answer = 200

    def _submit(self, external_id="wx-1", channel="WECHAT"):
        case = {
            "external_id": external_id,
            "channel": channel,
            "kind": "inquiry",
            "category": "GN",
            "description": "阶梯水价怎么算？",
            "customer": {"name": "王芳", "phone": "13700001111"},
        }
        receipt = self._as("integration", self.env["water.api"]).submit(case)
        return self.env["water.inquiry"].search([("name", "=", receipt["number"])])

    def _send(self, at=NOW):
        cron = self.env.ref("water_service_desk.ir_cron_webhooks").sudo()
        with freeze_time(at):
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_events(self):
        """Registered, answered and written to: in order, without anything of the customer."""
        case = self._submit()
        self._as("agent", case).answer = "x"
        self._as("agent", case).action_answer()
        self._as("agent", case).message_post(
            body="王芳您好", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._as("agent", case).message_post(body="internal")
        self._send()
        bodies = [json.loads(body) for _path, _headers, body in self.server.got]
        self.assertEqual(
            [(row["event"], row["state"]) for row in bodies],
            [("created", "registered"), ("state_changed", "answered"), ("message", "answered")],
        )
        self.assertEqual({row["external_id"] for row in bodies}, {"wx-1"})
        self.assertEqual({row["number"] for row in bodies}, {case.name})
        text = str(self.server.got)
        for secret in ("王芳", "13700001111", "阶梯", SECRET, self.users["agent"].name):
            self.assertNotIn(secret, text)
        self.assertEqual(set(self.deliveries.search([]).mapped("state")), {"delivered"})

    def test_signature(self):
        self._submit()
        self._send()
        [(path, headers, body)] = self.server.got
        signed = headers["X-Water-Timestamp"].encode() + b"." + body
        expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        self.assertEqual(headers["X-Water-Signature"], f"sha256={expected}")
        self.assertEqual((path, headers["X-Water-Event"]), ("/events", "created"))
        self.assertEqual(headers["X-Water-Delivery"], json.loads(body)["delivery"])

    def test_others_are_not_told(self):
        """Other channels, unwanted events, and cases that no integration has handed in."""
        self.hook.tell_created = False
        self._submit()
        self._submit("app-1", "APP")
        self._inquiry(channel_id=self._channel("wechat").id)
        self.assertFalse(self.deliveries.search_count([]))

    def test_no_work_without_listeners(self):
        """Without a webhook for the channel there are no lookups."""
        case = self._inquiry()
        self.env["water.webhook"]._webhook_channels()
        case.channel_id  # noqa: B018  # into the cache
        with self.assertQueryCount(0):
            case._tell_webhooks("message")

    def test_tried_again_then_given_up_then_sent_again(self):
        """1, 2 minutes, then it is on the list of the dead, until a supervisor sends it again."""
        self._submit()
        delivery = self.deliveries.search([])
        self.server.answer = 500
        self._send()
        self.assertEqual((delivery.state, delivery.failure_code), ("failed", "status"))
        now = fields.Datetime.to_datetime(NOW)
        self.assertEqual(delivery.next_try_at, now + timedelta(minutes=1))
        self._send("2026-03-11 02:00:30")
        self.assertEqual(delivery.attempt_count, 1)
        self._send("2026-03-11 02:01:00")
        self.assertEqual(delivery.next_try_at, now + timedelta(minutes=3))
        self._send("2026-03-11 02:03:00")
        self.assertEqual((delivery.state, delivery.attempt_count), ("dead", 3))
        self.assertEqual(self.hook.dead_count, 1)
        for login in ("agent", "department", "integration"):
            with self.assertRefused("not allowed to access", delivery):
                self._as(login, delivery).action_retry()
        self.server.answer = 200
        self._as("supervisor", delivery).action_retry()
        self._send("2026-03-11 03:00:00")
        self.assertEqual(delivery.state, "delivered")
        with self.assertRefused("Only what has failed", delivery):
            self._as("supervisor", delivery).action_retry()
        keys = {headers["X-Water-Delivery"] for _path, headers, _body in self.server.got}
        self.assertEqual(keys, {delivery.key})

    def test_faults(self):
        """Time-outs, broken connections and redirects are failures; no redirect is followed."""
        for answer, code in (("wait", "timeout"), ("drop", "refused"), (302, "redirect")):
            with self.subTest(answer):
                self.server.answer = answer
                self._submit(f"x-{answer}")
                self._send()
                delivery = self.deliveries.search([], limit=1)
                self.assertEqual((delivery.state, delivery.failure_code), ("failed", code))
        self.assertNotIn("/elsewhere", [path for path, _headers, _body in self.server.got])

    def test_the_receiver_asks_to_wait(self):
        self.server.answer = 503
        self._submit()
        self._send()
        delivery = self.deliveries.search([])
        now = fields.Datetime.to_datetime(NOW)
        self.assertEqual(delivery.next_try_at, now + timedelta(seconds=600))

    def test_internal_addresses(self):
        """Internal targets need the administrator's permission."""
        self.env["ir.config_parameter"].set_param(ALLOWED_KEY, False)
        self._submit()
        self._send()
        self.assertEqual(self.deliveries.search([]).failure_code, "internal")
        self.assertEqual(self.server.got, [])

    def test_failing_receiver_does_not_delay_others(self):
        """After three failures in a row the rest waits for the next run, unspent."""
        for number in range(6):
            self._submit(str(number))
        self.server.answer = 500
        self._send()
        counts = sorted(self.deliveries.search([]).mapped("attempt_count"))
        self.assertEqual((len(self.server.got), counts), (3, [0, 0, 0, 1, 1, 1]))

    def test_set_up(self):
        """A wrong URL and a short secret are refused; a copy waits for a secret of its own."""
        for url in ("ftp://x.example", "http://user:pw@x.example", "http://169.254.169.254/", "x"):
            with self.subTest(url), self.assertRaises(ValidationError):
                self.hook.url = url
        with self.assertRaises(ValidationError):
            self.hook.secret = "short"
        copy = self.hook.copy()
        self.assertFalse(copy.active or copy.secret)
        self.assertEqual(self.hook.secret, SECRET)

    def test_test_button(self):
        """An administrator sees at once whether the receiver takes it."""
        self.hook.action_test()
        self.assertEqual(json.loads(self.server.got[0][2])["event"], "test")
        self.server.answer = 404
        with self.assertRefused("was not taken", self.hook):
            self.hook.action_test()
        with self.assertRaises(AccessError):
            self._as("manager", self.hook).action_test()

    def test_tried_from_the_checklist(self):
        """All receivers are tried, and those that do not take it are named; managers try none."""
        setup = self._as("manager", self.env["water.setup"])
        with self.assertRaisesRegex(AccessError, "no such step"):
            setup.try_step("webhooks")
        self.users["manager"].group_ids = [Command.link(self.env.ref("base.group_system").id)]
        other = self.hook.copy({"name": "Second"})
        other.write({"secret": SECRET, "active": True})
        taken = f"The test was taken by: {self.hook.name}, Second"
        self.assertEqual(setup.try_step("webhooks"), {"is_well": True, "words": taken})
        self.assertEqual(len(self.server.got), 2)
        other.url = other.url.replace(str(self.server.server_port), "1")
        answer = setup.try_step("webhooks")
        self.assertFalse(answer["is_well"])
        self.assertIn("Second: The test was not taken", answer["words"])
        self.assertNotIn(self.hook.name, answer["words"])
        self.assertEqual(len(self.server.got), 3, "the first one had its test again")
        (self.hook | other).active = False
        self.assertIn("no webhook to try", setup.try_step("webhooks")["words"])

    @mute_logger("odoo.addons.water_service_desk.messaging.models.water_outbox_mixin")
    def test_an_unexpected_error(self):
        self._submit()
        target = "odoo.addons.water_service_desk.messaging.guarded_http.deliver"
        with patch(target, side_effect=RuntimeError("王芳")):
            self._send()
        delivery = self.deliveries.search([])
        self.assertEqual(
            (delivery.failure_code, delivery.failure_detail), ("error", "RuntimeError")
        )
