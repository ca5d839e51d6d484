"""When the database counts as down, and the answers meanwhile."""

import errno
import gc
import json
import os
import weakref
from unittest.mock import Mock, patch

import psycopg2
from psycopg2 import errors
from psycopg2.pool import PoolError
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.test import EnvironBuilder

from odoo.exceptions import AccessDenied
from odoo.http import HTTPRequest
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import mute_logger

from ..outage import HOTLINES, _guarded_session, answer, is_busy, is_outage


class _Request:
    def __init__(self, path, language="zh-CN", **options):
        self.db = "one"
        headers = {"Accept-Language": language}
        builder = EnvironBuilder(path, headers=headers, **options)
        self.httprequest = HTTPRequest(builder.get_environ())


class _Store:
    """Has a connection as long as it lives."""


@tagged("post_install", "-at_install")
class TestOutage(BaseCase):
    def _caught(self, error, cause=None):
        with self.assertRaises(type(error)) as found:
            raise error from cause
        return is_outage(found.exception)

    def test_absences(self):
        self.assertTrue(self._caught(psycopg2.OperationalError("connection refused")))
        self.assertTrue(self._caught(psycopg2.InterfaceError("connection already closed")))
        lost = psycopg2.OperationalError("server closed the connection unexpectedly")
        self.assertTrue(self._caught(ValueError("no registry"), lost))
        self.assertTrue(self._caught(PoolError("The Connection Pool Is Full")))

    def test_nothing_is_held(self):
        """A failed request returns its connection at once; otherwise new processes would run
        out.
        """
        held = []

        def begin(_request):
            store = _Store()
            held.append(weakref.ref(store))
            raise psycopg2.OperationalError("away")

        self.addCleanup(gc.enable)
        gc.disable()
        for path in ("/my", "/web/health"):
            try:
                _guarded_session(begin)(_Request(path))
            except ServiceUnavailable:
                self.assertIsNone(held[-1]())
        self.assertIsNone(held[-1]())

    def test_a_disk_that_takes_nothing(self):
        for number in (errno.ENOSPC, errno.EROFS, errno.EMFILE, errno.ESTALE):
            with self.assertLogs("odoo.addons.water_service_desk.availability.outage", "ERROR"):
                self.assertTrue(self._caught(OSError(number, os.strerror(number))))
        self.assertFalse(self._caught(FileNotFoundError(errno.ENOENT, "none")))

    def test_separate_fault(self):
        self.assertFalse(self._caught(ValueError("no number")))
        self.assertFalse(self._caught(errors.UniqueViolation("there is one")))

    def test_people_read_the_hotline_in_their_language(self):
        self.addCleanup(HOTLINES.pop, "one", None)
        HOTLINES["one"] = "0300 <96510>"
        chinese = answer(_Request("/my")).get_data(as_text=True)
        self.assertIn("0300 &lt;96510&gt;", chinese)
        self.assertIn('lang="zh-CN"', chinese)
        english = answer(_Request("/my", "en-GB,en;q=0.8")).get_data(as_text=True)
        self.assertIn("If it is urgent, call", english)
        self.assertNotIn("has not been received", english)

    def test_sender_learns_of_failure(self):
        sent = answer(_Request("/water/report", "en", method="POST", data={"a": "b"}))
        self.assertIn("has not been received", sent.get_data(as_text=True))

    def test_machines_read_json(self):
        told = answer(_Request("/json/2/water.api/get_case", "en", method="POST", json={}))
        self.assertEqual((told.status_code, told.headers["Retry-After"]), (503, "5"))
        name = json.loads(told.get_data())["name"]
        self.assertEqual(name, "werkzeug.exceptions.ServiceUnavailable")

    def test_the_web_client_waits(self):
        """The client takes non-JSON for a lost connection and retries."""
        told = answer(_Request("/web/dataset/call_kw", "en", method="POST", json={}))
        self.assertEqual(told.mimetype, "text/plain")

    def test_a_file_of_the_web_client(self):
        """It is a single sentence, which the client shows as it is, not a page."""
        asked = _Request("/mail/attachment/upload", "en", method="POST", data={"a": "b"})
        asked.httprequest.environ["HTTP_SEC_FETCH_DEST"] = "empty"
        told = answer(asked)
        self.assertEqual((told.status_code, told.mimetype), (503, "text/plain"))
        self.assertEqual(told.get_data(as_text=True).count("."), 2)

    def test_a_session_in_the_database_cannot_be_asked(self):
        def begin(_request):
            raise psycopg2.OperationalError("connection refused")

        with self.assertRaises(ServiceUnavailable) as away:
            begun = _Request("/my")
            del begun.db  # Odoo knows it after the session
            _guarded_session(begin)(begun)
        self.assertEqual(away.exception.error_response.headers["Retry-After"], "5")
        alive = _Request("/web/health")
        _guarded_session(begin)(alive)
        self.assertFalse(alive.session.can_save)
        with self.assertRaises(ValueError):
            _guarded_session(lambda _request: int("none"))(alive)


@tagged("post_install", "-at_install")
class TestRealCodes(TransactionCase):
    def _authenticate(self, error):
        http = self.env["ir.http"]
        with (
            patch("odoo.addons.base.models.ir_http.request", Mock()) as request,
            patch.object(type(http), "_auth_method_public", side_effect=error),
            mute_logger("odoo.addons.base.models.ir_http"),
        ):
            request.session.uid = None
            http._authenticate_explicit("public")

    def test_no_refusal_while_identity_is_unknown(self):
        lost = psycopg2.OperationalError("server closed the connection unexpectedly")
        with self.assertRaises(psycopg2.OperationalError):
            self._authenticate(lost)
        with self.assertRaises(AccessDenied):
            self._authenticate(ValueError("no such user"))

    def _raised(self, statement):
        """Codes are PostgreSQL's own, so it has to raise the error itself."""
        with (
            self.assertRaises(psycopg2.Error) as found,
            self.env.cr.savepoint(),
            self.assertLogs("odoo.sql_db", "ERROR"),
        ):
            self.env.cr.execute(statement)
        return found.exception

    def _coded(self, code):
        return self._raised(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")

    def test_a_fault_of_the_query_is_no_outage(self):
        error = self._raised("SELECT 1/0")
        self.assertFalse(is_outage(error) or is_busy(error))

    def test_a_query_that_took_too_long_may_be_asked_again(self):
        error = self._raised("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")
        self.assertTrue(is_busy(error))
        self.assertFalse(is_outage(error))  # the others go on

    def test_a_database_without_room_or_patience_is_away(self):
        for code in ("53100", "58030", "25P03"):
            with self.subTest(code):
                self.assertTrue(is_outage(self._coded(code)))

    def test_the_hotline_is_kept_and_follows(self):
        company = self.env["res.company"].search([], order="sequence, id", limit=1)
        company.water_hotline = "96510"
        self.assertEqual(self.env["res.company"]._water_main_hotline(), "96510")
        company.water_hotline = "96511"
        self.assertEqual(self.env["res.company"]._water_main_hotline(), "96511")

    def test_the_hotline_is_known_before_anybody_is_served(self):
        """By the parent process of all workers; tables older than the program do not stop it."""
        companies = self.env["res.company"]
        companies.search([], order="sequence, id", limit=1).water_hotline = "96512"
        with patch.dict(HOTLINES, clear=True):
            with patch.object(type(companies), "_water_main_hotline", side_effect=psycopg2.Error):
                companies._register_hook()
            self.assertEqual(HOTLINES, {})
            companies._register_hook()
            self.assertEqual(HOTLINES, {self.env.cr.dbname: "96512"})
