import base64
import json
import logging
from contextlib import ExitStack, contextmanager
from unittest.mock import patch
from urllib.parse import quote

import requests

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from ...base.keys import keyless
from ..models.water_gateway import ALLOWED_KEY
from .common import LOCAL, MessageCommon
from .gateway_server import closed_port, cut, hang

TEXT = "Dear 张伟, we have received your inquiry"


@tagged("post_install", "-at_install")
class TestGateway(MessageCommon):
    """SMS through a configured HTTP gateway: requests, and how answers are read."""

    def test_success(self):
        """The customer's text goes out once, with number, link, key and secret."""
        message = self._message()
        self.assertEqual((message.medium, message.state), ("sms", "queued"))
        self.assertEqual(message.address, "+8613812345678")
        self._run()
        self._run()
        request = self.server.requests[0]
        self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(request["headers"]["Authorization"], "Bearer s3cret-token")
        self.assertEqual(request["headers"]["Idempotency-Key"], message.key)
        body = request["json"]
        self.assertEqual((body["phone"], body["id"]), ("+8613812345678", message.key))
        self.assertIn(TEXT, body["text"])
        case = message.inquiry_id
        for part in (case.name, case._customer_link(), "We promise you our answer by Friday"):
            self.assertIn(part, body["text"])
        self.assertEqual((message.state, message.reference), ("sent", "G-1"))
        self.assertTrue(message.sent_at)

    def test_null_bytes_and_bidi_controls_in_an_answer_are_removed(self):
        message = self._message()
        self.server.answer((200, {"code": "OK\0", "id": "G\0-\u202e1"}))
        self._run()
        self.assertEqual((message.state, message.reference), ("sent", "G-1"))

    def test_key_is_the_customers_alone(self):
        """The link opens the case, so staff see it without the key, in message, thread and
        drafts.
        """
        stranger = {"partner_id": False, "contact_name": "王芳"}
        case = self._inquiry(**stranger, phone="13712345678")
        message = case.sudo().customer_message_ids
        self.assertIn("/water/track/link/***", message.body)
        self._run()
        text = self.server.requests[0]["json"]["text"]
        self.assertIn(case._customer_link(), text)
        self.assertEqual(keyless(text), message.body)
        with self.assertRaises(AccessError):
            self._as("agent", message).read(["params"])
        self.assertNotIn("/link/", self._as("agent", case)._customer_link())
        case = self._inquiry(**stranger, email_from="wang@example.com")
        mail = case.sudo().customer_message_ids.mail_mail_id
        self.assertIn(case._customer_link(), mail.body_html)
        self.assertIn("/water/track/link/***", mail.mail_message_id.body)
        link = "https://x.example/my/orders/1?access_token=k"
        other = {"body_html": link, "body": link, "model": "res.partner", "res_id": 1}
        self.assertIn("=k", self.env["mail.mail"].create(other).body)  # of another app

    def _result_of(self, *answers):
        self.server.answer(*answers)
        message = self._message()
        self._run()
        return message.state, message.failure_reason

    def test_failures(self):
        """Errors are named; temporary ones are retried, others given up."""
        for answer, state, reason in (
            ((500, b""), "failed", "The gateway did not accept it: 500 Internal Server Error"),
            ((401, b""), "failed", "The gateway did not accept it: 401 Unauthorized"),
            ((400, b""), "given_up", "The gateway did not accept it: 400 Bad Request"),
            ((200, b"<html>"), "failed", "The gateway's answer cannot be read"),
            ((200, {"x": 1}), "failed", "The gateway's answer is no success: code = –"),
            (
                (200, {"code": "LIMIT"}),
                "failed",
                "The gateway's answer is no success: code = LIMIT",
            ),
            (
                (200, {"code": "to 13812345678"}),
                "failed",
                "The gateway's answer is no success: code = ***",
            ),
            (
                (200, {"code": "13812345678"}),
                "failed",
                "The gateway's answer is no success: code = ***",
            ),
            (cut, "failed", "The gateway cannot be reached"),
            (hang, "failed", "The gateway did not answer in time"),
            (
                (307, b"", {"Location": "/other"}),
                "failed",
                "The gateway redirects elsewhere, which is not followed",
            ),
        ):
            with self.subTest(reason=reason, answer=answer):
                self.assertEqual(self._result_of(answer), (state, reason))

    def test_connection_refused(self):
        self.gateway.url = f"http://127.0.0.1:{closed_port()}/"
        self.assertEqual(self._result_of(), ("failed", "The gateway cannot be reached"))

    def test_inside_the_house(self):
        """Internal addresses need the administrator's permission, in every spelling."""
        self.env["ir.config_parameter"].set_param(ALLOWED_KEY, False)
        port = self.server.url.split(":")[2].split("/")[0]
        for host in LOCAL:
            with self.subTest(host=host):
                self.gateway.url = f"http://{host}:{port}/"
                state, reason = self._result_of()
                self.assertEqual(state, "failed")
                self.assertIn("inside the house", reason)
        self.assertEqual(self.server.requests, [])

    def test_forms_and_get(self):
        """Providers who want a form, or everything in the URL."""
        self.gateway.write(
            {
                "body_format": "form",
                "body": '{"to": "{address}", "p": "{params}"}',
                "headers": False,
            }
        )
        message = self._message()
        self._run()
        raw = self.server.requests[-1]["raw"].decode()
        self.assertIn("to=%2B8613812345678", raw)
        self.assertIn(message.inquiry_id.name, raw)
        self.gateway.write({"method": "GET", "url": self.server.url + "?t={text}&s={secret}"})
        message = self._message()
        self._run()
        request = self.server.requests[-1]
        self.assertEqual((request["method"], request["raw"]), ("GET", b""))
        self.assertEqual(request["query"], {"t": message.body, "s": "s3cret-token"})
        self.assertEqual(message.state, "sent")

    def test_approved_templates(self):
        """A provider of approved templates gets code and facts instead of a text."""
        template = self.env.ref("water_service_desk.mail_template_inquiry_acknowledgement")
        template.water_gateway_code = "SMS_1001"
        self.gateway.body = '{"Template": "{code}", "Param": "{params}", "Due": "{due}"}'
        message = self._message()
        self._run()
        body = self.server.requests[-1]["json"]
        self.assertEqual(body["Template"], "SMS_1001")
        facts = json.loads(body["Param"])
        self.assertEqual(facts["number"], message.inquiry_id.name)
        self.assertEqual(facts["name"], "张伟")
        self.assertEqual(body["Due"], facts["due"])

    def test_impossible_setup(self):
        """Wrong settings are refused when they are saved, each with its reason."""
        for values, reason in (
            ({"url": "file:///etc/passwd"}, "begins with http"),
            ({"url": "http://{address}/"}, "names a host"),
            ({"url": "http://u:p@h/"}, "into a header"),
            ({"url": "http://169.254.169.254/"}, "reserved"),
            ({"body": "{nothing"}, "no JSON object"),
            ({"body": "[1]"}, "no JSON object"),
            ({"headers": '{"A": 1}'}, "object of texts"),
            ({"body": '{"a": "{password}"}'}, r"Unknown placeholders: \{password\}"),
            ({"success_status": "ok"}, "200-299"),
            ({"success_value": False}, "belong together"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, reason),
                self.env.cr.savepoint(),
            ):
                self.gateway.write(values)

    # -- the secret ------------------------------------------------------------------------

    def test_secret_is_for_administrators(self):
        """Managers see the gateway, not its secret; others not even the gateway."""
        admin = new_test_user(self.env, "water_admin", groups="base.group_system")
        mine = self.gateway.with_user(admin)
        self.assertEqual(mine.secret, "s3cret-token")
        mine.write({"secret": "another"})
        self.assertEqual(self.gateway._read_secret(), "another")
        manager = self._as("manager", self.gateway)
        self.assertNotIn("secret", manager.read()[0])
        for call in (
            lambda: manager.read(["secret"]),
            lambda: manager.write({"url": "http://evil.example.com"}),
            lambda: manager.copy(),
            lambda: manager.search([("secret", "!=", False)]),
            lambda: self._as("agent", self.gateway).read(["name"]),
            lambda: self._as("supervisor", self.gateway).read(["name"]),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_secret_lies_apart(self):
        """Neither the table nor a copy holds it."""
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(g)::text FROM water_gateway g")
        self.assertNotIn("s3cret-token", str(self.env.cr.fetchall()))
        copy = self.gateway.copy()
        self.assertFalse(copy.secret)
        self.assertFalse(copy.active)

    @contextmanager
    def _everything_logged(self):
        """Debug logs of our addon, its parents and the HTTP library."""
        lines = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())
        names = ("urllib3", "odoo.addons.water_service_desk", "odoo.addons.base.models.ir_cron")
        with ExitStack() as stack:
            for logger in map(logging.getLogger, names):
                stack.enter_context(patch.object(logger, "disabled", False))
                stack.callback(logger.setLevel, logger.level)
                stack.callback(logger.removeHandler, handler)
                logger.setLevel(logging.DEBUG)
                logger.addHandler(handler)
            yield lines

    def test_nothing_in_logs(self):
        """No log line and no reason holds text, number, address or secret, even encoded."""
        self.gateway.write({"url": self.server.url + "?k={secret}&t={text}"})
        message = self._message()
        answers = [(500, {"echo": "13812345678 s3cret-token"}), cut, hang, (200, {"code": "OK"})]
        self.server.answer(*answers)
        with self._everything_logged() as lines:
            for _answer in answers:
                self._make_due(message)
                self._run()
            requests.get(f"{self.server.url}?probe", timeout=5)
        self.assertEqual(message.state, "sent")
        self.assertIn("probe", "".join(lines), "the HTTP library's log is not watched")
        encoded = base64.b64encode(b"s3cret-token").decode()
        for secret in (
            "s3cret-token",
            encoded,
            "13812345678",
            "张伟",
            quote("张伟"),
            "Dear",
            message.key,
        ):
            self.assertNotIn(secret, "".join(lines))
