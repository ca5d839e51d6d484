"""Signing in by a code to the telephone, through a gateway that is really there."""

import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessDenied
from odoo.http import root
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...messaging import guarded_http
from ...messaging.gateway_http import GatewayError
from ...messaging.models import water_gateway
from ..models.res_users import PROVED
from ..models.water_code import TRIES
from .common import LIST, OwnAccountCase

PAGE = "/water/sign-in"


@tagged("post_install", "-at_install")
class TestSignInPhone(OwnAccountCase):
    def setUp(self):
        super().setUp()
        self.gateway()

    def ask(self, phone="13911112222"):
        values = {"phone": phone, "altcha": self.solve("sign_in")}
        answer = self.post(PAGE, values)
        for thread in threading.enumerate():
            if thread.name == water_gateway.APART:
                thread.join()
        return answer

    def known(self):
        user = self.users["portal2"]
        user.sudo().water_phone = "+8613911112222"
        return user

    def wrong(self, digits):
        return f"{(int(digits) + 1) % 1000000:06}"

    def uid(self):
        """The user of this browser, or None."""
        return root.session_store.get(self.opener.cookies["session_id"]).uid

    def test_sign_in(self):
        """The telephone that was proved opens its login, once."""
        user = self.known()
        self.assertLocation(self.ask(), f"{PAGE}/code")
        number, digits = self.sent_code()
        self.assertEqual(number, "+8613911112222")
        self.assertIn("139****2222", self.text(self.get(f"{PAGE}/code")))
        self.assertIn(
            "not the code", self.text(self.post(f"{PAGE}/code", {"code": self.wrong(digits)}))
        )
        self.assertFalse(self.uid())
        self.assertLocation(self.post(f"{PAGE}/code", {"code": f" {digits} "}), "/my")
        self.assertEqual(self.uid(), user.id)

    def test_known_contacts_are_not_revealed(self):
        """A number without a login gets no message, and the same answer."""
        self.assertLocation(self.ask(), f"{PAGE}/code")
        self.assertFalse(self.server.requests)
        answer = self.post(f"{PAGE}/code", {"code": "123456"})
        self.assertIn("not the code", self.text(answer))
        self.assertStatus(self.ask("123"), 422)

    def test_no_waiting_for_the_gateway(self):
        """Neither its time nor its failure tells a known number from an unknown one."""
        self.known()
        with patch.object(guarded_http, "deliver") as deliver:
            deliver.side_effect = GatewayError("refused")
            with self.assertLogs(water_gateway.__name__, "WARNING"):
                self.assertLocation(self.ask(), f"{PAGE}/code")
        deliver.assert_called_once()

    def test_no_waiting_for_an_access_token(self):
        """A platform that gives no token tells a known number from an unknown one no more."""
        gateway = self.env["water.gateway"].search([("medium", "=", "sms")])
        gateway.token_url = self.server.url
        self.known()
        threads = []

        def deliver(*_wanted):
            threads.append(threading.current_thread().name)
            raise GatewayError("timeout")

        with (
            patch.object(guarded_http, "deliver", deliver),
            self.assertLogs(water_gateway.__name__, "WARNING"),
        ):
            self.assertLocation(self.ask(), f"{PAGE}/code")
        self.assertEqual(threads, [water_gateway.APART])

    def test_code_with_a_token_that_was_fetched_apart(self):
        gateway = self.env["water.gateway"].search([("medium", "=", "sms")])
        gateway.write({"token_url": self.server.url, "headers": '{"X-Token": "{token}"}'})
        self.known()
        self.server.next_answer = lambda: (200, {"access_token": "t-1"})
        self.assertLocation(self.ask(), f"{PAGE}/code")
        self.assertEqual(self.server.requests[-1]["headers"].get("X-Token"), "t-1")
        self.assertLocation(self.post(f"{PAGE}/code", {"code": self.sent_code()[1]}), "/my")

    def test_a_login_taken_before(self):
        """Using another's number as login gives nothing once they prove it."""
        self.company.water_phone_sign_up = True
        taker = self.users["portal2"].sudo()
        taker.login = "+8613911112222"
        self.ask()
        self.assertLocation(self.post(f"{PAGE}/code", {"code": self.sent_code()[1]}), "/my")
        user = self.env["res.users"].browse(self.uid())
        self.assertNotEqual(user, taker)
        self.assertEqual(user.sudo().water_phone, "+8613911112222")
        self.assertFalse(taker.water_phone)

    def test_a_login_that_is_anothers_telephone_by_now(self):
        """Reassigned numbers: each signs in as themselves."""
        owner, former = self.known().sudo(), self.users["portal1"].sudo()
        former.write({"login": "+8613911112222", "water_phone": "+8613922223333"})
        for name in ("0", "龙"):
            former.name = name
            self.stranger()
            self.ask("13922223333")
            self.assertLocation(self.post(f"{PAGE}/code", {"code": self.sent_code()[1]}), "/my")
            self.assertEqual(self.uid(), former.id)
            self.assertEqual(self.found("+8613911112222"), former)
            self.assertEqual(self.found("139 1111 2222"), owner)
        credential = {"type": "water_code", "login": former.login, "proof": PROVED}
        with self.assertRaises(AccessDenied):
            self.env["res.users"].authenticate({**credential, "user": owner.id}, {})

    def found(self, login):
        """The user of a typed login."""
        users = self.env["res.users"].sudo()
        return users.search(users._get_login_domain(login))

    def test_sign_up(self):
        """Where the company allows it, the code makes a login of a customer, and no more."""
        self.company.water_phone_sign_up = True
        self.ask()
        self.assertLocation(self.post(f"{PAGE}/code", {"code": self.sent_code()[1]}), "/my")
        user = self.env["res.users"].search([("login", "=", "+8613911112222")])
        self.assertTrue(user._is_portal() and not user._is_internal())
        self.assertEqual(self.uid(), user.id)
        self.assertIn("No account is bound", self.text(self.get(LIST)))
        user.sudo().water_phone = False  # meanwhile proved by another
        user.active = False
        self.stranger()
        self.ask()
        answer = self.post(f"{PAGE}/code", {"code": self.sent_code()[1]})
        self.assertIn("There is no login", self.text(answer))

    def test_guessing_ends(self):
        """A code is tried some times, counts a quarter of an hour, and few are sent."""
        self.known()
        self.ask()
        digits = self.sent_code()[1]
        for _try in range(TRIES):
            self.post(f"{PAGE}/code", {"code": self.wrong(digits)})
        self.assertStatus(self.post(f"{PAGE}/code", {"code": digits}), 429)
        self.assertFalse(self.uid())
        self.ask()
        digits = self.sent_code()[1]
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            self.assertStatus(self.post(f"{PAGE}/code", {"code": digits}), 422)
        for _more in range(3):
            self.ask()
        self.assertStatus(self.ask(), 429)
        self.assertEqual(len(self.server.requests), 5)

    def test_programs_send_nothing(self):
        """Without the browser's work no message goes out."""
        self.known()
        self.assertStatus(self.post(PAGE, {"phone": "13911112222"}), 422)
        self.assertFalse(self.server.requests)

    def test_gateway_is_down(self):
        """Unsendable codes are reported instead of waiting."""
        self.company.water_phone_sign_up = True
        self.server.answer((500, b""))
        answer = self.ask()
        self.assertStatus(answer, 422)
        self.assertIn("cannot be sent now", self.text(answer))

    def test_staff_need_a_password(self):
        """No code opens the login of staff, and no client says by itself that it has one."""
        agent = self.users["agent"].sudo()
        agent.water_phone = "+8613911112222"
        self.ask()
        self.assertFalse(self.server.requests)
        for proof in (True, "object", None):
            credential = {"type": "water_code", "login": agent.login, "proof": proof}
            with self.assertRaises(AccessDenied):
                self.env["res.users"].authenticate(credential, {"interactive": False})

    def test_own_telephone(self):
        """Customers verify their phone on their page; then it is no one else's."""
        before = self.known()
        self.sign_in("portal1")
        self.assertLocation(self.post(f"{LIST}/phone", {"phone": "139 1111 2222"}), f"{LIST}/code")
        done = self.post(f"{LIST}/code", {"code": self.sent_code()[1]})
        self.assertLocation(done, f"{LIST}?done=phone")
        self.env.invalidate_all()
        self.assertEqual(self.users["portal1"].sudo().water_phone, "+8613911112222")
        self.assertFalse(before.sudo().water_phone)
        self.assertIn("Sign in by text message", self.get("/web/login").text)
