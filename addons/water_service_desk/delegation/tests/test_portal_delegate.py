"""Delegates, appointments and notifications by real requests of a browser."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...portal.tests.common import PortalCase

DELEGATES, VISITS, WISHES = "/my/delegates", "/my/appointments", "/my/notifications"


@tagged("post_install", "-at_install")
class TestPortalDelegate(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "zhang@delegate.example"
        cls.customer2.email = "lina@delegate.example"

    def _form(self, **values):
        return {
            "account_id": str(self.account.id),
            "name": "李娜",
            "relation": "property",
            "email": "lina@delegate.example",
            "sees_cases": "1",
            "files_cases": "1",
            "keeps_visits": "1",
            **values,
        }

    def _newest(self):
        return self.env["water.account.delegate"].search([], order="id desc", limit=1)

    def _visit(self):
        values = self._request_values(
            category_id=self._category("lk03").id, subject="表箱漏水", account_id=self.account.id
        )
        case = self._as("agent", self.env["water.request"]).create(values)
        begin = fields.Datetime.now() + timedelta(days=4)
        return acts.plan_visit(case, self.net, begin, begin + timedelta(hours=2)).with_env(self.env)

    def _refused(self):
        """Wrong and forged addresses do not invite."""
        self.assertIn(
            "No delegates. Only you act for your accounts.", self.text(self.get(DELEGATES))
        )
        refused = self.post(f"{DELEGATES}/invite", self._form(email="lina", name=""))
        self.assertStatus(refused, 422)
        self.assertEqual(set(self.errors(refused)), {"name", "email"})
        self.assertStatus(self.post(f"{DELEGATES}/invite", self._form(), csrf=False), 400)
        self.assertFalse(self._named_by(self.customer))
        self.assertLocation(self.get(f"{DELEGATES}/invite?name=x"), DELEGATES)

    def _accepted(self, row):
        """The way of the link: not by the holder, not without a login, not twice."""
        link = f"{DELEGATES}/accept/{row._token()}"
        own = self.post(link, {"answer": "accept"})
        self.assertStatus(own, 422)
        self.assertIn("This is your own account", self.text(own))
        self.authenticate(None, None)
        self.assertIn("/web/login", self.get(link).headers["Location"])
        self.sign_in("portal2")
        shown = self.get(link)
        self.assertStatus(shown, 200)
        self.assertIn("张伟 asks you to act for an account", self.text(shown))
        self.assertNotIn(self.account.address, shown.text)
        self.assertEqual(shown.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(row.state, "invited")  # looking is not accepting
        self._proved(link, row)
        self.assertEqual((row.state, row.partner_id), ("active", self.customer2))
        self.assertStatus(self.post(link, {"answer": "accept"}), 410)
        self.assertStatus(self.get(f"{DELEGATES}/accept/rubbish"), 410)

    def _proved(self, link, row):
        """The link alone is not enough: the code goes to the invited address."""
        self.customer2.email = "somebody.else@delegate.example"  # the delegate may say so
        self.assertStatus(self.post(link, {"answer": "accept"}), 422)
        self.assertLocation(self.post(link, {"answer": "code"}), "?sent=1")
        mails = self.env["mail.mail"].search([("email_to", "=", "lina@delegate.example")])
        [mail] = [mail for mail in mails if row._proof_code() in mail.body_html]
        self.assertIn("******", mail.mail_message_id.body)  # staff cannot read it
        self.assertNotIn(row._proof_code(), mail.mail_message_id.body)
        self.assertNotIn(row._token(), "".join(mails.mail_message_id.mapped("body")))
        self.assertEqual(self._as("agent", row)._proof_code(), "******")
        wrong = f"{(int(row._proof_code()) + 1) % 1_000_000:06}"
        refused = self.post(link, {"answer": "accept", "code": wrong})
        self.assertStatus(refused, 422)
        self.assertIn("not the code that was sent last", self.text(refused))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=15)):
            late = self.post(link, {"answer": "accept", "code": row._proof_code()})
            self.assertStatus(late, 422)
        self.assertEqual(row.state, "invited")
        code = row._proof_code()
        self.assertLocation(self.post(link, {"answer": "code"}), "?sent=1")
        self.assertStatus(self.post(link, {"answer": "accept", "code": code}), 422)
        answer = {"answer": "accept", "code": f" {row._proof_code()[:3]} {row._proof_code()[3:]}"}
        self.assertLocation(self.post(link, answer), "?done=accept")

    def _invited(self):
        delegates = self._as("portal1", self.env["water.account.delegate"])
        return delegates._portal_invite(self._form()).sudo()

    def test_guessing_ends(self):
        """Five wrong codes, three letters: then the hour has to pass."""
        row = self._invited()
        self.sign_in("portal2")
        link = f"{DELEGATES}/accept/{row._token()}"
        for _time in range(3):
            self.assertStatus(self.post(link, {"answer": "code"}), 303)
        self.assertStatus(self.post(link, {"answer": "code"}), 429)
        for _time in range(5):
            self.assertStatus(self.post(link, {"answer": "accept", "code": "x"}), 422)
        self.assertStatus(self.post(link, {"answer": "accept", "code": row._proof_code()}), 429)
        self.assertEqual(row.state, "invited")

    def test_login_of_the_invited_address(self):
        """We have given the login, so it needs no code."""
        row = self._invited()
        self.users["portal2"].login = "lina@delegate.example"
        delegates = self._as("portal2", self.env["water.account.delegate"])
        delegates._of_token(row._token())._portal_answer(True)
        self.assertEqual(row.state, "active")

    def _named_by(self, holder):
        return self.env["water.account.delegate"].search([("holder_id", "=", holder.id)])

    def test_from_invitation_to_revocation(self):
        """Invite, accept, file and act, revoke: as the two of them see it in their browsers."""
        self.sign_in()
        self._refused()
        self.assertLocation(self.post(f"{DELEGATES}/invite", self._form()), "?done=invite")
        row = self._newest()
        self._accepted(row)
        values = {
            "account_id": str(self.account.id),
            "category_id": str(self._category("lk03").id),
            "description": "表箱漏水，请来修。",
            "phone": "13987654321",
            **self._key(),
        }
        form = f"/my/requests/new?category_id={values['category_id']}"
        self.assertIn(self.account.address, self.get(form).text)
        self.assertStatus(self.post("/my/requests/new", values), 303)
        case = self.env["water.request"].search([], order="id desc", limit=1)
        self.assertEqual((case.partner_id, case.delegation_id), (self.customer, row))
        url = f"/my/requests/{case.id}"
        self.assertIn("表箱漏水", self.text(self.get(url)))
        self.assertStatus(self.post(f"{DELEGATES}/{row.id}/revoke"), 409)
        self.sign_in()
        self.assertIn("has filed a case", self.text(self.get(DELEGATES)))
        self.assertLocation(self.get(f"{DELEGATES}/{row.id}/revoke"), DELEGATES)
        self.assertEqual(row.state, "active")  # the address alone has no effect
        self.assertLocation(self.post(f"{DELEGATES}/{row.id}/revoke"), "?done=revoke")
        self.sign_in("portal2")
        self.assertStatus(self.get(url), 404)
        self.assertStatus(self.post(f"{url}/message", {"body": "还在吗"}), 404)

    def test_strangers(self):
        """Other people's delegations and appointments are not found."""
        self.sign_in()
        self.post(f"{DELEGATES}/invite", self._form())
        row, visit = self._newest(), self._visit()
        self.sign_in("portal2")
        for url in (f"{DELEGATES}/{row.id}/revoke", f"{VISITS}/{visit.id}/cancel"):
            self.assertStatus(self.post(url, {"reason": "x"}), 404)
        for number in (visit.id, 0, 2**31):
            self.assertStatus(self.get(f"{VISITS}/{number}"), 404)
            self.assertStatus(self.get(f"{VISITS}/{number}/calendar.ics"), 404)
        self.assertNotIn("表箱漏水", self.get(VISITS).text)
        self.assertEqual((row.state, visit.state), ("invited", "planned"))
        self.company.water_delegate_invites = 1
        self.sign_in()
        more = self.post(f"{DELEGATES}/invite", self._form(email="wang@example.com"))
        self.assertStatus(more, 429)
        self.assertIn("Try tomorrow", self.text(more))
        self.assertNothingByRpc(["water.account.delegate", "water.account.event"])

    def test_appointments(self):
        """Confirm on the page of the case, move and cancel on that of the appointment."""
        visit = self._visit()
        case = visit.request_id
        self.sign_in()
        self.assertIn("waits for your confirmation", self.text(self.get(VISITS)))
        page = self.page(self.get(f"/my/requests/{case.id}"))
        self.assertEqual(len(page.xpath("//section[@aria-labelledby='water_visits']")), 1)
        self.assertTrue(page.xpath(f"//form[@action='{VISITS}/{visit.id}/confirm']"))
        self.assertLocation(self.post(f"{VISITS}/{visit.id}/confirm"), "?done=confirm")
        self.assertEqual(visit.confirmed_by, "customer")
        self.assertLocation(self.get(f"{VISITS}/{visit.id}/cancel"), f"{VISITS}/{visit.id}")
        shown = self.page(self.get(f"{VISITS}/{visit.id}"))
        calendar = self.get(shown.xpath("//a[contains(@href, 'calendar')]/@href")[0])
        self.assertStatus(calendar, 200)
        self.assertEqual(calendar.headers["Content-Type"], "text/calendar; charset=utf-8")
        self.assertIn("BEGIN:VEVENT", calendar.text)
        windows = shown.xpath("//select[@name='window']/option/@value")
        self.assertGreater(len(windows), 5)
        refused = self.post(f"{VISITS}/{visit.id}/move", {"window": windows[3], "reason": ""})
        self.assertStatus(refused, 422)
        self.assertEqual(set(self.errors(refused)), {"reason"})
        self.assertTrue(self.page(refused).xpath(f"//option[@value='{windows[3]}'][@selected]"))
        moved = self.post(f"{VISITS}/{visit.id}/move", {"window": windows[3], "reason": "不在家"})
        self.assertLocation(moved, "?done=move")
        self.assertEqual(visit.slot_from.isoformat(), windows[3])
        self.assertLocation(self.post(f"{VISITS}/{visit.id}/cancel", {"reason": "好了"}), "=cancel")
        again = self.post(f"{VISITS}/{visit.id}/cancel", {"reason": "好了"})
        self.assertStatus(again, 409)
        self.assertIn("your case has moved on", self.text(again))
        self.assertIn("cancelled", self.text(self.get(f"{VISITS}?show=past")))
        self.assertIn(
            "The appointment was cancelled", self.text(self.get(f"/my/requests/{case.id}"))
        )

    def test_notifications(self):
        """The page names mandatory messages, and keeps the choice."""
        self.sign_in()
        page = self.page(self.get(WISHES))
        self.assertIn(
            "cannot be switched off", page.get_element_by_id("water_statutory").text_content()
        )
        self.assertFalse(page.xpath("//input[@name='tell_statutory']"))
        values = {"medium": "none", "lang": "en_US", "tell_visit": "1"}
        refused = self.post(WISHES, {**values, "quiet_from": "9 pm"})
        self.assertStatus(refused, 422)
        self.assertEqual(set(self.errors(refused)), {"quiet_from"})
        self.assertTrue(self.page(refused).xpath("//input[@name='tell_visit'][@checked]"))
        self.assertFalse(self.page(refused).xpath("//input[@name='tell_progress'][@checked]"))
        self.assertStatus(self.post(WISHES, values, csrf=False), 400)
        values |= {"quiet_from": "22:00", "quiet_until": "07:00", "tell_statutory": ""}
        self.assertLocation(self.post(WISHES, values), "?done=saved")
        self.assertRecordValues(
            self.customer,
            [
                {
                    "water_message_medium": "none",
                    "water_quiet_from": 22.0,
                    "water_mute_progress": True,
                    "water_mute_visit": False,
                }
            ],
        )
        self.assertFalse(self.customer2.water_message_medium)
