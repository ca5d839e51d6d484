"""Pages that only read say so: a replica answers them, also while there is no primary."""

import threading
from contextlib import contextmanager
from unittest.mock import Mock, patch

from odoo.tests import HttpCase, tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintPeople
from odoo.addons.water_service_desk.portal.reading import by_get

COUNTED = "who asks is counted"
ODOO = "Odoo's own page in our face, which Odoo does not call one that reads"
#: GET requests that need the primary → why
WRITING = {
    "/water/report/challenge": COUNTED,
    "/water/letter": COUNTED,
    "/water/outages": COUNTED,
    "/water/outages/near": COUNTED,
    "/water/track/link/<string:token>": COUNTED,
    "/water/metrics": "it is kept when it was asked",
    "/water/call": "who looks a caller up is written down",
    "/water/archive/<int:archive_id>": "who takes a file is written down",
    "/water/survey/<int:survey_id>/table": "who takes a list of people is written down",
    **dict.fromkeys(("/my/account", "/my/invoices", "/my/invoices/page/<int:page>"), ODOO),
}
#: Kinds of case: the address of their pages, and how the tests make one.
CASES = {
    "complaints": ("water.complaint", "_complaint_values"),
    "inquiries": ("water.inquiry", "_inquiry_values"),
    "requests": ("water.request", "_request_values"),
}


@tagged("post_install", "-at_install")
class TestReadonlyRoutes(ComplaintPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def _rules(self):
        thread, name = threading.current_thread(), self.env.cr.dbname
        with patch.object(thread, "dbname", name, create=True):
            rules = list(self.env["ir.http"].routing_map().iter_rules())
        for rule in rules:
            ours = rule.endpoint.func.__module__.startswith("odoo.addons.water_")
            if ours and "GET" in (rule.methods or {"GET"}) and rule.rule.startswith(("/my", "/wa")):
                yield rule

    def _reads(self, rule):
        return rule.endpoint.routing["readonly"]

    def test_primary_only_tables_are_listed(self):
        """A page that does not say that it reads is a form, or stands in the list."""
        found = {
            rule.rule
            for rule in self._rules()
            if not self._reads(rule) and "POST" not in (rule.methods or ())
        }
        self.assertEqual(found, set(WRITING))
        reading = [rule for rule in self._rules() if self._reads(rule)]
        self.assertGreater(len(reading), 40)

    @contextmanager
    def _reading(self):
        """Odoo says in its log when it needs the primary all the same."""
        with patch("odoo.http._logger.warning") as told:
            yield
        self.assertNotIn("retrying", " ".join(str(call.args[0]) for call in told.call_args_list))

    def _paths(self, made):
        """Addresses of all pages that read, with existing records."""
        for rule in self._rules():
            if not self._reads(rule):
                continue
            parts = {}
            for name in rule._converters:
                parts[name] = 1
                if name == "case_id":
                    parts[name] = made[rule.rule.split("/")[2]].id
                elif name == "kind":
                    parts[name] = "inquiry"
                elif name == "token":
                    parts[name] = "x"
            yield rule.build(parts)[1]

    def test_they_write_nothing(self):
        made = {
            kind: self._as("agent", self.env[model]).create(getattr(self, values)())
            for kind, (model, values) in CASES.items()
        }
        customer = self.users["portal1"]
        for case in made.values():
            case.sudo().partner_id = customer.partner_id
        self.authenticate(customer.login, customer.login)
        shown = 0
        for path in self._paths(made):
            with self.subTest(path=path), self._reading():
                answer = self.url_open(path)
                self.assertLess(answer.status_code, 500)
                shown += answer.status_code == 200
        self.assertGreater(shown, 15)

    def test_a_form_reads_until_it_is_sent(self):
        by_form = [rule for rule in self._rules() if self._reads(rule) is by_get]
        self.assertGreaterEqual(len(by_form), 7)
        for method, reads in (("GET", True), ("HEAD", True), ("POST", False)):
            request = Mock(httprequest=Mock(method=method))
            with patch("odoo.addons.water_service_desk.portal.reading.request", request):
                self.assertEqual(by_get(None, None, {}), reads)
