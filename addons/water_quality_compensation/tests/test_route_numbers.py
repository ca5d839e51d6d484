"""Missing and impossible numbers in the addresses of our routes."""

import threading
from unittest.mock import patch

from werkzeug.routing.converters import AnyConverter, NumberConverter

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.water_complaints.complaint.tests.common import ComplaintPeople

SENDERS = ("portal1", "agent", "manager")
NUMBERS = (0, 1, 2**31 - 1, 2**63)


@tagged("post_install", "-at_install")
class TestRouteNumbers(ComplaintPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def _rules(self):
        """Routes of ours that are read and have numbers in their addresses."""
        thread, name = threading.current_thread(), self.env.cr.dbname
        with patch.object(thread, "dbname", name, create=True):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            kinds = rule._converters
            ours = rule.endpoint.func.__module__.startswith("odoo.addons.water_")
            numbered = any(isinstance(kind, NumberConverter) for kind in kinds.values())
            if ours and numbered and "GET" in (rule.methods or {"GET"}):
                yield rule

    def _part(self, kind, number):
        if isinstance(kind, NumberConverter):
            return number
        return min(kind.items) if isinstance(kind, AnyConverter) else "x"

    def _paths(self, rule):
        for number in NUMBERS:
            parts = {name: self._part(kind, number) for name, kind in rule._converters.items()}
            yield rule.build(parts)[1]

    @mute_logger("werkzeug", "odoo.http", "odoo.addons.base")
    def test_numbers_of_nothing(self):
        """They are answered, by a page that says so at most: never by a fault of the server."""
        asked = 0
        for login in SENDERS:
            self.authenticate(*[self.users[login].login] * 2)
            for rule in self._rules():
                for path in self._paths(rule):
                    asked += 1
                    with self.subTest(login=login, path=path):
                        answer = self.url_open(path, allow_redirects=False)
                        self.assertLess(answer.status_code, 500)
        self.assertGreater(asked, 100)
