from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...base.tests.common import WaterCommon
from ...base.tests.doors import call_kw


@tagged("post_install", "-at_install")
class TestLinks(WaterCommon):
    """Links to sign up or to set a password."""

    def _link(self):
        self.customer.signup_prepare(signup_type="reset")
        return self.customer._generate_signup_token()

    def _whose(self, link):
        return self.env["res.partner"]._get_partner_from_token(link)

    def test_staff_cannot_request_one(self):
        """Nor for a customer's login; the system puts them into letters."""
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2c")
        stranger = self.env["res.partner"].create({"name": "王芳"})
        for login in self.users:
            contacts = self._as(login, self.customer | stranger)
            with self.subTest(login), self.assertRaises(AccessError):
                call_kw(contacts, "signup_get_auth_param", [contacts.ids], {})
        found = (self.customer | stranger).signup_get_auth_param()
        self.assertEqual(found[self.customer.id], {"auth_login": "water_portal1"})
        self.assertIn("auth_signup_token", found[stranger.id])

    def test_holds_for_whom_it_was_meant(self):
        """It ends when password, login or address change: it may be in another's mailbox."""
        user = self.users["portal1"]
        for values in (
            {"login": "zhangwei@example.com"},
            {"email": "neu@example.com"},
            {"password": "Ganz-Neu-2026"},
        ):
            link = self._link()
            self.assertEqual(self._whose(link), self.customer)
            user.write(values)
            with self.subTest(values):
                self.assertFalse(self._whose(link))

    def test_each_has_his_own(self):
        """Regardless of links seen before, and of the server's caches."""
        link, other = self._link(), self.users["portal2"].partner_id
        self.env.registry.clear_cache()
        other.signup_prepare(signup_type="reset")
        self.assertEqual(self._whose(other._generate_signup_token()), other)
        self.assertEqual(self._whose(link), self.customer)

    def test_counts_once(self):
        """Used up it stays so, also when another one is asked for."""
        link, users = self._link(), self.env["res.users"].sudo()
        users.signup({"password": "Ganz-Neu-2026"}, link)
        for another in (False, True):
            if another:
                self._link()
            with self.assertRaisesRegex(UserError, "not valid or expired"):
                users.signup({"password": "Noch-Neuer-2026"}, link)
