import json
import logging
import sys
import threading

from werkzeug.datastructures import Headers

from odoo.tests import BaseCase, tagged

from ..json_log import JsonFormatter, install, masked, request_id


@tagged("post_install", "-at_install")
class TestJsonLog(BaseCase):
    """The log for machines: whole lines of JSON, without whole telephone numbers."""

    def _line(self, message, *args, **values):
        record = logging.makeLogRecord(
            {"name": "odoo.x", "msg": message, "args": args, "levelname": "INFO", **values}
        )
        return JsonFormatter().format(record)

    def test_line(self):
        line = self._line("a %s\nb", "客户", created=0.5, process=7)
        self.assertNotIn("\n", line)
        told = json.loads(line)
        self.assertEqual(told["time"], "1970-01-01T00:00:00.500+00:00")
        self.assertEqual((told["level"], told["logger"]), ("INFO", "odoo.x"))
        self.assertEqual((told["message"], told["pid"]), ("a 客户\nb", 7))

    def test_error(self):
        try:
            raise ValueError("13800138000 is wrong")
        except ValueError:
            told = json.loads(self._line("x", exc_info=sys.exc_info()))
        self.assertIn("Traceback", told["error"])
        self.assertIn("138****8000 is wrong", told["error"])

    def test_masked(self):
        self.assertEqual(masked("tel 13800138000, 2026112712345"), "tel 138****8000, 2026112712345")
        self.assertEqual(masked("to wang.fang@example.com: ok"), "to w***@example.com: ok")
        self.assertEqual(masked("id 113800138000"), "id 113800138000")

    def test_request(self):
        self.assertEqual(request_id(Headers({"X-Request-Id": "0a1b2c3d-4e"})), "0a1b2c3d-4e")
        for name in ("", "short", 'x"}{"level":', "a" * 65):
            self.assertIsNone(request_id(Headers({"X-Request-Id": name})))
        thread = threading.current_thread()
        thread.water_request = "0a1b2c3d"
        self.addCleanup(delattr, thread, "water_request")
        self.assertEqual(json.loads(self._line("x"))["request"], "0a1b2c3d")

    def test_only_where_it_is_asked_for(self):
        root = logging.getLogger()
        before = [handler.formatter for handler in root.handlers]
        install({"WATER_LOG": "text"})
        install({})
        self.assertEqual([handler.formatter for handler in root.handlers], before)
