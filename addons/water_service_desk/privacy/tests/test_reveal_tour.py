"""Reveal and export as people do them, in a real browser and over HTTP."""

import json
import logging

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ...base.log_filter import CallFilter
from ...base.tests.common import WaterPeople


@tagged("post_install", "-at_install")
class TestRevealTour(WaterPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def test_department_calls_the_customer(self):
        """Eye, reason, number; and it is on the log."""
        case = self._inquiry(subject="Tour: reveal")
        self._as("department", self._dispatch(case)).action_accept()
        self.start_tour("/odoo/water-dispatches", "water_reveal_tour", login="water_department")
        row = self.env["water.privacy.log"].search([("inquiry_id", "=", case.id)])
        self.assertEqual((row.reason, row.note), ("appointment", "Tomorrow morning"))
        self.assertEqual(row.user_id, self.users["department"])

    def test_list_is_exported(self):
        """The file of the browser's export is masked, and the log knows the list's filter."""
        case = self._inquiry()
        self.users["agent"].group_ids += self.env.ref("base.group_allow_export")
        self.authenticate("water_agent", "water_agent")
        domain = [["id", "=", case.id]]
        params = {
            "model": "water.inquiry",
            "fields": [
                {"name": "name", "label": "Number", "type": "char"},
                {"name": "phone", "label": "Phone", "type": "char"},
            ],
            "ids": False,
            "domain": domain,
            "groupby": [],
            "import_compat": False,
            "context": {},
        }
        form = {"data": json.dumps(params), "csrf_token": Request.csrf_token(self)}
        answer = self.url_open("/web/export/csv", data=form)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("138****5678", answer.text)
        self.assertNotIn("13812345678", answer.text)
        row = self.env["water.privacy.log"].search([("kind", "=", "export")], limit=1)
        self.assertEqual(json.loads(row.domain), domain)
        self.assertEqual((row.row_count, row.is_masked), (1, True))

    def test_callers_are_not_in_the_server_log(self):
        """The screen-pop address is logged without who calls."""
        filters = logging.getLogger("werkzeug").filters
        (masking,) = (item for item in filters if isinstance(item, CallFilter))
        for message, args in (
            ('"GET /water/call?phone=13812345678&recording=7 HTTP/1.1" 303 -', ()),
            ('"%s" %s %s', ("GET /water/call?name=张伟 HTTP/1.1", 303, "-")),
        ):
            record = logging.LogRecord("werkzeug", 20, "", 0, message, args, None)
            self.assertTrue(masking.filter(record))
            self.assertEqual(
                record.getMessage().split(" HTTP")[0].lstrip('"'), "GET /water/call?***"
            )

    def test_anonymous_filer_is_not_in_server_log(self):
        """Neither address nor time of people who file or follow; both for others."""
        (masking,) = (
            item for item in logging.getLogger("werkzeug").filters if isinstance(item, CallFilter)
        )
        line = '%s - - [%s] "%s" %s %s'
        for request, kept in (
            ("POST /water/report/complaint HTTP/1.1", False),
            ("\x1b[32mGET /zh_CN/water/report/done?x=1 HTTP/1.1", False),
            ("POST /water/track HTTP/1.1", False),
            ("GET /web/login HTTP/1.1", True),
            ("GET /my/complaints/water/reports HTTP/1.1", True),
        ):
            args = ("203.0.113.7", "26/Nov/2026 13:10:09", request, 200, "-")
            record = logging.LogRecord("werkzeug", 20, "", 0, line, args, None)
            self.assertTrue(masking.filter(record))
            with self.subTest(request):
                self.assertIn(request[-20:], record.getMessage())
                for part in ("203.0.113.7", "13:10:09"):
                    self.assertEqual(part in record.getMessage(), kept)

    def test_keys_in_links_are_not_in_the_server_log(self):
        """Neither where they lead, nor where a sign-in sends back to, nor in a query."""
        for name in ("werkzeug", "odoo.http"):
            filters = logging.getLogger(name).filters
            (masking,) = (item for item in filters if isinstance(item, CallFilter))
            for address in (
                "/water/track/link/s3cret",
                "/water/report/check/s3cret",
                "/my/delegates/accept/s3cret",
                "/web/login?redirect=%2Fmy%2Fdelegates%2Faccept%2Fs3cret",
                "/my/complaints/7?access_token=s3cret&x=1",
                "/web/reset_password?token=s3cret",
            ):
                with self.subTest(name, address=address):
                    record = logging.LogRecord(name, 20, "", 0, '"GET %s" %s', (address, 200), None)
                    self.assertTrue(masking.filter(record))
                    self.assertNotIn("s3cret", record.getMessage())
                    self.assertIn(address.partition("s3cret")[0], record.getMessage())
