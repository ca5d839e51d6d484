"""Limits of public pages, for unknown visitors."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests.common import NOW, WaterCommon
from ...intake import proof
from ...intake.models.water_attempt import SECRET
from ...intake.sources import source_of
from ..controllers import open_door
from .common import PublicCase


@tagged("post_install", "-at_install")
class TestAttempt(WaterCommon):
    def setUp(self):
        super().setUp()
        self.attempts = self.env["water.attempt"]

    def _try(self, times=1, subject="203.0.113.7"):
        for _i in range(times):
            self.attempts._keep("file_source", subject)

    def test_limit(self):
        self._try(2)
        self.assertFalse(self.attempts._is_over("file_source", "203.0.113.7", 3))
        self._try()
        self.assertTrue(self.attempts._is_over("file_source", "203.0.113.7", 3))
        self.assertFalse(self.attempts._is_over("file_source", "203.0.113.8", 3))
        self.assertFalse(self.attempts._is_over("file_phone", "203.0.113.7", 3))
        self.assertFalse(self.attempts._is_over("file_source", "203.0.113.7", 0))
        self.assertFalse(self.attempts._is_over("file_source", "", 1))

    def test_erased(self):
        self._try(3)
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(minutes=61)):
            self.assertFalse(self.attempts._is_over("file_source", "203.0.113.7", 3))
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(minutes=76)):
            self.attempts._gc_lapsed()
        self.assertFalse(self.attempts.search([("kind", "=", "file_source")]))

    def test_unknown_caller(self):
        """Neither the address nor anything from which it can be worked out later."""
        self._try()
        row = self.attempts.search([("kind", "=", "file_source")])
        self.assertNotIn("203.0.113.7", str(row.read()))
        self.assertRegex(row.key, r"^[0-9a-f]{64}$")
        first = self.env["ir.config_parameter"].sudo().get_param(SECRET)
        for days in (1, 2):
            with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(days=days)):
                self.attempts._keys("file_source", "203.0.113.7")
        later = self.env["ir.config_parameter"].sudo().get_param(SECRET)
        self.assertFalse(set(first.split()[1:]) & set(later.split()[1:]))

    def test_midnight_does_not_open_the_door(self):
        """The key changes with the day; earlier attempts still count."""
        with freeze_time("2026-03-11 23:50:00"):
            self._try(3)
        with freeze_time("2026-03-12 00:10:00"):
            self.assertTrue(self.attempts._is_over("file_source", "203.0.113.7", 3))

    def test_two_clocks_around_midnight(self):
        """Ten minutes apart, they take no secret away from each other, and count together."""
        parameters, told = self.env["ir.config_parameter"].sudo(), set()
        moments = ["2026-03-11 23:55:00", "2026-03-12 00:05:00"] * 2
        for moment in moments:
            with freeze_time(moment):
                self._try(1)
                told.add(parameters.get_param(SECRET))
        self.assertEqual(len(told), 2, "that of the old day, and one of the new")
        for moment in moments[:2]:
            with freeze_time(moment):
                self.assertTrue(self.attempts._is_over("file_source", "203.0.113.7", 4))

    def test_a_challenge_is_spent_by_all_clocks(self):
        """A machine that is ahead forgets none that another one would take again."""
        lapses = self._later(minutes=5)
        self.assertTrue(self.attempts._spend("abc", lapses))
        with freeze_time(lapses + timedelta(minutes=9)):
            self.attempts._gc_lapsed()
        self.assertFalse(self.attempts._spend("abc", lapses))

    def test_challenge_is_spent_once(self):
        until = self._later(minutes=5)
        self.assertTrue(self.attempts._spend("abc", until))
        self.assertFalse(self.attempts._spend("abc", until))
        self.assertTrue(self.attempts._spend("abd", until))

    def test_cannot_be_written(self):
        self._try()
        row = self.attempts.search([("kind", "=", "file_source")])
        for call in (
            lambda: row.write({"kind": "x"}),
            row.unlink,
            lambda: row.copy(),
            lambda: self.attempts.create({"kind": "x", "key": "y", "expires_at": NOW}),
        ):
            with self.assertRaises(AccessError):
                call()


@tagged("post_install", "-at_install")
class TestPublicLimits(PublicCase):
    def _refused(self, response):
        self.assertStatus(response, 429)
        self.assertIn("was not sent", self.text(response))
        self.assertIn("96510", self.text(response))
        self.assertTrue(int(response.headers["Retry-After"]))

    def test_browser_and_address(self):
        for field in ("water_public_per_session", "water_public_per_source"):
            with self.subTest(field):
                self.env["water.attempt"].sudo().search([])._write({"kind": "old"})
                self.stranger()
                self.company.write({"water_public_per_session": 0, "water_public_per_source": 0})
                self.company[field] = 2
                self.file()
                token = self.draft_of(self.check())
                self.file()
                before = self.counts()
                self._refused(self.check())
                self._refused(self.send(token))
                self.assertEqual(self.counts(), before)

    def test_forms_that_are_never_sent(self):
        self.company.write({"water_public_per_source": 1, "water_public_per_session": 0})
        tokens = [self.draft_of(self.check()) for _form in range(3)]
        self._refused(self.check())
        self.assertLocation(self.send(tokens[-1]), "/done")  # one of them may still be sent

    @mute_logger("odoo.http")
    def test_a_request_that_is_stopped_in_the_middle_has_had_its_turn(self):
        """One proof worked three times when what came after it was made to fail."""
        proof = self.solve()
        draft = self.env.registry["water.filing.draft"]
        with patch.object(draft, "_begin", side_effect=MemoryError):
            self.assertStatus(self.check(altcha=proof), 500)
        self.assertEqual(self._count("draft_source"), 1)
        response = self.check(altcha=proof)
        self.assertStatus(response, 422)
        self.assertIn("send the form again", self.text(response))
        self.assertEqual(self._count("draft_source"), 1)  # a refusal is not counted

    def _count(self, kind):
        return self.env["water.attempt"].sudo().search_count([("kind", "=", kind)])

    def test_a_request_that_odoo_begins_again_keeps_its_proof(self):
        draft = self.env.registry["water.filing.draft"]
        begin, failures = draft._begin, [ConcurrencyError("met another")]

        def _once(*args):
            if failures:
                raise failures.pop()
            return begin(*args)

        with patch.object(draft, "_begin", _once), mute_logger("odoo.service.model"):
            self.assertStatus(self.check(), 303)
        self.assertFalse(failures)

    def _tries(self):
        return self.challenge()["parameters"]["data"]["tries"]

    def test_the_work_grows_under_suspicion(self):
        """A quarter in quiet times; all of it, and never more, for frequent requests."""
        self.company.water_public_work = 60000
        self.assertEqual(self._tries(), 240)
        attempts, source = self.env["water.attempt"], source_of("127.0.0.1")
        for _time in range(9):
            attempts._keep("challenge", source)
        self.assertEqual(self._tries(), 480)
        for _time in range(40):
            attempts._keep("challenge", source)
        self.assertEqual(self._tries(), 960)
        with patch.object(open_door, "BUSY", 1):
            attempts._keep("draft_source", "203.0.113.7")
            self.assertEqual(self._tries(), 960)
            attempts._forget("challenge", source)
            self.assertEqual(self._tries(), 480)

    def test_the_most_is_bounded(self):
        """Under three seconds at a million rounds a second, as slow telephones hash."""
        self.assertLessEqual(60000 * proof.ROUNDS, 3 * 1_000_000)
        facts = proof.challenge("key", 60000, fields.Datetime.now(), "form")["parameters"]
        self.assertLessEqual(facts["cost"] * facts["data"]["tries"], 60000 * proof.ROUNDS)

    def test_search_by_telephone_number(self):
        """In any spelling and browser."""
        self.company.water_public_per_phone = 1
        self.file(phone="13712345678")
        self.stranger()
        self._refused(self.check(phone="+86 137 1234 5678"))
        self.file(phone="13712345679")

    def test_no_address_is_kept(self):
        self.file()
        self.env.flush_all()
        self.env.cr.execute("SELECT string_agg(water_attempt::text, ' ') FROM water_attempt")
        (text,) = self.env.cr.fetchone()
        for known in ("127.0.0.1", "13712345678", self.session.sid):
            self.assertNotIn(known, text)
