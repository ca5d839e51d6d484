import time

from odoo.tests import BaseCase, tagged
from odoo.tests.common import _super_send

from .. import gateway_http
from ..gateway_http import GatewayError, fill, fill_url, pick, status_fits, url_fault
from ..guarded_http import deliver, networks
from .gateway_server import closed_port, cut, drip, drip_heads, gateway_server, go_on, hang

HERE = networks("127.0.0.1")


@tagged("post_install", "-at_install")
class TestGatewayHttp(BaseCase):
    """HTTP with a gateway, against a real server on localhost."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        return _super_send(s, r, **kw)

    def _send(self, *answers, timeout=0.5, url=None):
        with gateway_server() as server:
            server.answer(*answers)
            return deliver("POST", url or server.url, {}, b"{}", timeout, HERE)

    def _error(self, *answers, **options):
        began = time.monotonic()
        with self.assertRaises(GatewayError) as caught:
            self._send(*answers, **options)
        self.assertLess(time.monotonic() - began, 5, "not cut off in time")
        return caught.exception.kind

    def test_answers(self):
        """Status and JSON are returned for every status; other bodies are no JSON."""
        self.assertEqual(self._send((200, {"a": 1})), (200, {"a": 1}, 0, b'{"a": 1}'))
        self.assertEqual(self._send((503, b"", {"Retry-After": "120"})), (503, None, 120, b""))
        for garbage in (b"<html>", b"\xff\xfe\x00", b'{"a": ', b""):
            self.assertIsNone(self._send((200, garbage)).data)
        self.assertEqual(self._send((429, b"", {"Retry-After": "Wed, 21 Oct"})).retry_after, 0)

    def test_no_answer(self):
        """Silence, dripping, a broken line and a closed port end in time, each named."""
        self.assertEqual(self._error(hang), "timeout")
        for slow in (drip, drip_heads, go_on):
            self.assertEqual(self._error(slow), "timeout", slow.__name__)
        self.assertEqual(self._error(cut), "refused")
        url = f"http://127.0.0.1:{closed_port()}/"
        self.assertEqual(self._error(url=url), "refused")

    def test_redirects_are_not_followed(self):
        """Not even to the same host: the texts go where the administrator said."""
        with gateway_server() as elsewhere:
            answer = (302, b"", {"Location": elsewhere.url})
            self.assertEqual(self._error(answer), "redirect")
            self.assertEqual(elsewhere.requests, [])

    def test_long_answer_is_cut(self):
        """An endless answer costs no memory: a cut answer is no JSON."""
        answer = self._send((200, b'"' + b"x" * 200_000 + b'"'), timeout=10)
        self.assertEqual((answer.status, answer.data), (200, None))

    def test_bad_headers_are_an_error(self):
        """A header that would break the request out of its line is not sent."""
        with gateway_server() as server, self.assertRaises(GatewayError):
            deliver("POST", server.url, {"X": b"a\r\nEvil: b"}, None, 1, HERE)

    def test_fill(self):
        """Facts are put into values; what they contain is never read as a template."""
        facts = {"text": '"}, {secret} {key}', "key": "K"}
        filled = fill({"a": ["{text}", 1, None], "b": {"c": "x{key}y"}}, facts)
        self.assertEqual(filled, {"a": ['"}, {secret} {key}', 1, None], "b": {"c": "xKy"}})
        self.assertEqual(
            fill_url("http://h/{key}?t={text}", {"key": "a/b", "text": "水 &x=1"}),
            "http://h/a%2Fb?t=%E6%B0%B4%20%26x%3D1",
        )
        self.assertEqual(gateway_http.unknown_placeholders({"a": "{foo} {text}"}), ["foo"])

    def test_urls(self):
        """Odd addresses are refused before anything is sent there."""
        for url, fault in (
            ("https://sms.example.com/v1?x={key}", None),
            ("http://10.0.0.8:8080/send", None),
            ("ftp://x", "scheme"),
            ("file:///etc/passwd", "scheme"),
            ("javascript:1", "scheme"),
            ("", "scheme"),
            ("http://", "host"),
            ("http://{text}/", "host"),
            ("http://h:99999/", "host"),
            ("http://a b/", "host"),
            ("http://user:pw@h/", "user"),
            ("http://169.254.169.254/latest/meta-data", "metadata"),
            ("http://[fe80::1]/", "metadata"),
            ("http://0.0.0.0/", "metadata"),
            ("http://metadata.google.internal/", "metadata"),
            ("http://2852039166/", "metadata"),
            ("http://0xa9fea9fe/", "metadata"),
            ("http://0251.0376.0251.0376/", "metadata"),
            ("http://[::ffff:169.254.169.254]/", "metadata"),
            ("http://0/", "metadata"),
            ("http://134744072/", None),
        ):
            with self.subTest(url=url):
                self.assertEqual(url_fault(url), fault)

    def test_rules(self):
        """Status ranges and paths into the answer."""
        self.assertTrue(status_fits(204, "200-299"))
        self.assertTrue(status_fits(302, "200, 300-303"))
        self.assertFalse(status_fits(400, "200-299,301"))
        for rule in ("", "x", "200-", "99", "200;201", "-200"):
            self.assertTrue(gateway_http.rule_fault(rule), rule)
        data = {"a": [{"b": 7}], "ok": True, "n": None}
        for path, value in (
            ("a.0.b", "7"),
            ("ok", "true"),
            ("n", None),
            ("a.1", None),
            ("a", None),
        ):
            self.assertEqual(pick(data, path), value)
        self.assertIsNone(pick("text", "a"))
