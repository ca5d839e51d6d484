from threading import BoundedSemaphore
from unittest.mock import patch

from odoo import http
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from ..models import res_users
from ..sources import source_of

QUIET = mute_logger(
    "odoo.addons.base.models.res_users", "odoo.addons.water_service_desk.intake.models.res_users"
)


@tagged("post_install", "-at_install")
class TestSignIn(HttpCase):
    """Sign-in attempts are counted for all workers and addresses."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("base.login_cooldown_after", "3")
        self.env["res.users"].create(
            [{"name": name, "login": name, "password": f"{name}-Pass-1"} for name in ("one", "two")]
        )
        self._another_worker()
        self.addCleanup(self._another_worker)

    def _another_worker(self):
        """Memory of one process is unknown to another."""
        self.registry._login_failures = None
        del self.registry._login_failures

    def _form(self, login, password):
        self.authenticate(None, None)
        data = {"login": login, "password": password, "csrf_token": http.Request.csrf_token(self)}
        with QUIET:
            answer = self.url_open("/web/login", data=data, allow_redirects=False)
        return "/odoo" in answer.headers.get("Location", "")

    def _json(self, login, password):
        self.authenticate(None, None)
        params = {"db": self.env.cr.dbname, "login": login, "password": password}
        with QUIET, mute_logger("odoo.http"):
            answer = self.url_open(
                "/web/session/authenticate", json={"jsonrpc": "2.0", "params": params}
            )
        return "result" in answer.json()

    def test_leads_to_one_line(self):
        """A two-line address is no server error, and adds nothing to the answer."""
        self.authenticate(None, None)
        data = {"login": "one", "password": "one-Pass-1", "redirect": "/odoo\r\nX-Own: 1"}
        data["csrf_token"] = http.Request.csrf_token(self)
        answer = self.url_open("/web/login", data=data, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/odooX-Own", answer.headers["Location"])
        self.assertNotIn("X-Own", answer.headers)

    def test_counted_for_all_workers(self):
        """The fourth attempt is not looked at, right or wrong, at any door, in any process."""
        self.assertTrue(self._form("one", "one-Pass-1"))
        for _time in range(3):
            self.assertFalse(self._form("one", "wrong"))
            self._another_worker()
        self.assertFalse(self._form("one", "one-Pass-1"))
        self.assertFalse(self._json("one", "one-Pass-1"))

    def test_counted_before_it_is_looked_at(self):
        """Guesses made at once see each other: the attempt counts while its password is tried."""
        attempts, seen = self.env["water.attempt"], []
        users = type(self.env["res.users"])
        check = users._check_credentials

        def looked_at(this, *args, **kwargs):
            subject = f"{source_of('127.0.0.1')},one"
            seen.append([attempts._is_over("sign_in", subject, most) for most in (1, 2)])
            return check(this, *args, **kwargs)

        with patch.object(users, "_check_credentials", looked_at):
            self.assertTrue(self._form("one", "one-Pass-1"))
            self.assertFalse(self._form("one", "wrong"))
            self.assertTrue(self._form("one", "one-Pass-1"))
        self.assertEqual(seen[0], [True, False], "it counts")
        self.assertEqual(seen[1:], [[True, False], [True, True]], "the right one counts no longer")

    def test_a_crowd_is_not_waited_for(self):
        """Beyond a process's share there is no wait: refused by status, not counted."""
        with patch.object(res_users, "AT_ONCE", BoundedSemaphore(1)) as places:
            places.acquire()
            self._refused_at_once()
            places.release()
            self.assertTrue(self._form("one", "one-Pass-1"), "the door is free again")
            self.assertFalse(self._form("one", "wrong"))
            self.assertTrue(places.acquire(blocking=False), "nobody keeps his place")

    def test_waiting_is_short(self):
        """While another attempt at the same login from the same address is looked at."""
        users = self.env["res.users"]
        with (
            db_connect(self.env.cr.dbname).cursor() as other,
            patch.object(res_users, "LONGEST", "20ms"),
        ):
            users._wait_for_turn(other, f"{source_of('127.0.0.1')},one")
            self._refused_at_once()
        self.assertTrue(self._form("one", "one-Pass-1"))

    def _refused_at_once(self):
        self.authenticate(None, None)
        data = {"login": "one", "password": "one-Pass-1"}
        data["csrf_token"] = http.Request.csrf_token(self)
        with QUIET:
            answer = self.url_open("/web/login", data=data, allow_redirects=False)
        self.assertEqual(answer.status_code, 429)
        self.assertTrue(int(answer.headers["Retry-After"]))
        self.assertIn("at once", answer.text)
        subject = f"{source_of('127.0.0.1')},one"
        self.assertFalse(self.env["water.attempt"]._is_over("sign_in", subject, 1))

    def _older(self, service, method, *args):
        """The answer of an older interface; empty if refused."""
        self.authenticate(None, None)
        params = {"service": service, "method": method, "args": [self.env.cr.dbname, *args]}
        with QUIET, mute_logger("odoo.http", "odoo.addons.rpc.controllers.jsonrpc"):
            return self.url_open("/jsonrpc", json={"params": params}).json()

    def test_older_interfaces_count_as_well(self):
        """Odoo hides from what it calls there who is asking: guesses had no end."""
        one = self.env["res.users"].search([("login", "=", "one")])

        def reads(password):
            called = [one.id, password, "res.users", "read", [one.ids, ["login"]]]
            return "result" in self._older("object", "execute_kw", *called)

        def signs_in(password):
            return bool(self._older("common", "login", "two", password).get("result"))

        for enters, right in ((reads, "one-Pass-1"), (signs_in, "two-Pass-1")):
            with self.subTest(right):
                for _time in range(3):
                    self.assertFalse(enters("wrong"))
                    self._another_worker()
                self.assertFalse(enters(right))

    def test_letters_asked_for_by_an_older_interface(self):
        """Signing in there reveals no logins and can send few letters."""
        one = self.env["res.users"].search([("login", "=", "one")])
        called = [one.id, "one-Pass-1", "res.users", "reset_password", [[], "nobody-at-all"]]
        answers = [self._older("object", "execute_kw", *called) for _time in range(4)]
        self.assertEqual([answer.get("result") for answer in answers[:3]], [True] * 3)
        self.assertIn("Try again in an hour", answers[3]["error"]["data"]["message"])

    def test_an_unknown_login_takes_as_long(self):
        users = self.env["res.users"]
        users.create({"name": "no password", "login": "none"})
        context = type(users._crypt_context())
        for login, hashes in (("one", 0), ("nobody-at-all", 1), ("none", 1)):
            with self.subTest(login), patch.object(context, "hash", autospec=True) as work:
                self.assertFalse(self._form(login, "wrong"))
                self.assertEqual(work.call_count, hashes)
        with patch.object(context, "hash", autospec=True) as work:
            self.assertFalse(self._form("nobody-at-all", ""))
            self.assertFalse(work.call_count, "nor is there any for whoever is known")

    def test_own_success_begins_nothing_anew(self):
        """An own valid sign-in in between does not extend the attempts."""
        for _time in range(3):
            self.assertFalse(self._form("one", "wrong"))
            self.assertTrue(self._form("two", "two-Pass-1"))
        self.assertFalse(self._form("one", "one-Pass-1"))
        self.assertTrue(self._form("two", "two-Pass-1"), "the neighbours are not shut out")

    def test_many_logins_from_one_address(self):
        """Trying one password for all logins is limited too."""
        for number in range(15):
            self.assertFalse(self._form(f"nobody{number}", "wrong"))
            self._another_worker()
        self.assertFalse(self._form("one", "one-Pass-1"))

    def test_after_a_while(self):
        """A pause, not an end."""
        self.env["ir.config_parameter"].set_param("base.login_cooldown_duration", "0")
        for _time in range(3):
            self.assertFalse(self._form("one", "wrong"))
        self._another_worker()
        self.assertTrue(self._form("one", "one-Pass-1"))

    def test_new_password_does_not_reveal_users(self):
        """The same answer for known and unknown logins; limited too."""
        self.env["ir.config_parameter"].set_param("auth_signup.reset_password", "True")
        self.authenticate(None, None)
        pages = []
        for login in ("one", "nobody-at-all"):
            with QUIET:
                answer = self._reset(login)
            pages.append(answer.text.replace(login, "").split("<main")[-1])
        self.assertEqual(*(self._without_token(page) for page in pages))
        self.assertTrue(self._reset("nobody-at-all").text.count("alert-success"))
        for _time in range(2):
            last = self._reset("nobody-at-all")
        self.assertIn("Try again in an hour", last.text)

    def _reset(self, login):
        data = {"login": login, "csrf_token": http.Request.csrf_token(self)}
        with patch.object(type(self.env["ir.mail_server"]), "send_email"), QUIET:
            return self.url_open("/web/reset_password", data=data)

    def _without_token(self, page):
        return [line for line in page.splitlines() if "csrf_token" not in line]


@tagged("post_install", "-at_install")
class TestSources(BaseCase):
    """A whole network of addresses counts once."""

    def test_household(self):
        """The first 64 bits of IPv6."""
        for address, source in (
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("", ""),
            (None, ""),
            ("unix:", "unix:"),
        ):
            with self.subTest(address=address):
                self.assertEqual(source_of(address), source)
        self.assertNotEqual(source_of("2001:db8:1:2::1"), source_of("2001:db8:1:3::1"))
