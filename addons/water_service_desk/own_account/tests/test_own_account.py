"""A household binds its account by proof, and reads bills and readings."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import local
from ..binding import LIMITS, read_amount
from .common import LIST, OwnAccountCase


@tagged("post_install", "-at_install")
class TestOwnAccount(OwnAccountCase):
    def bind(self, **values):
        return self.post(f"{LIST}/bind", self.facts(**values))

    def test_holder(self):
        """Only the holder reads balance, bill and reading."""
        self.account.sudo().write({"balance": -12.5, "balance_at": "2026-10-02 01:00:00"})
        self.sign_in("portal1")
        words = self.text(self.get(LIST))
        for part in ("T100001", "86.40", "To pay", "1204 m³", "SH-0815", "Owed", "12.50"):
            self.assertIn(part, words)
        page = self.get(f"{LIST}/{self.account.id}")
        self.assertIn("21.5 m³ · B-1", self.text(page))
        self.sign_in("portal2")
        self.assertStatus(self.get(f"{LIST}/{self.account.id}"), 404)
        self.assertNotIn("T100001", self.text(self.get(LIST)))

    def test_facts_without_gateway(self):
        """Name and bill bind; earlier cases stay closed, own ones are filed, the holder is told."""
        old = self._inquiry(account_id=self.account.id, partner_id=self.customer.id)
        self.sign_in("portal2")
        self.assertLocation(self.bind(bill_amount="¥ 86.4"), f"{LIST}?done=bound")
        row = self.bound()
        self.assertEqual((row.account_id, row.proof), (self.account, "bill"))
        self.assertEqual(row.event_ids.mapped("kind"), ["bound"])
        self.assertEqual(self.account.sudo()._verify_events(), [])
        self.assertIn("B-1", self.text(self.get(f"{LIST}/{self.account.id}")))
        self.assertStatus(self.get(f"/my/inquiries/{old.id}"), 404)
        accounts = self._as("portal2", self.env["water.inquiry"])._filing_accounts(self.customer2)
        self.assertIn(self.account, accounts)
        self.sign_in("portal1")
        self.assertIn("李娜 · Holder's name and last bill", self.text(self.get("/my/delegates")))
        self.sign_in("portal2")
        self.assertLocation(self.post(f"{LIST}/{self.account.id}/leave"), f"{LIST}?done=left")
        self.assertFalse(self.bound())

    def test_meter_shows_no_bills(self):
        """Knowing name and meter is enough to file, but not to read bills."""
        self.sign_in("portal2")
        self.assertLocation(self.bind(bill_amount="", meter_no=" sh-0815 "), f"{LIST}?done=bound")
        words = self.text(self.get(LIST))
        self.assertIn("T100001", words)
        self.assertNotIn("86.40", words)
        self.assertNotIn("SH-0815", words)
        self.assertStatus(self.bind(), 303)  # the bill opens more
        self.assertEqual(self.bound().proof, "bill")

    def test_code_to_the_telephone_on_file(self):
        """With a gateway the telephone on file decides, and opens the earlier cases too."""
        self.gateway()
        old = self._inquiry(account_id=self.account.id, partner_id=self.customer.id)
        self.sign_in("portal2")
        self.assertLocation(self.bind(), f"{LIST}/code")
        self.assertFalse(self.bound())
        number, digits = self.sent_code()
        self.assertEqual(number, self.customer.phone_sanitized)
        page = self.text(self.get(f"{LIST}/code"))
        self.assertNotIn(self.customer.phone[3:7], page)
        wrong = self.post(f"{LIST}/code", {"code": f"{(int(digits) + 1) % 1000000:06}"})
        self.assertIn("This is not the code", self.text(wrong))
        self.assertFalse(self.bound())
        self.assertLocation(self.post(f"{LIST}/code", {"code": digits}), f"{LIST}?done=bound")
        self.assertEqual(self.bound().proof, "code")
        self.assertStatus(self.get(f"/my/inquiries/{old.id}"), 200)
        self.assertIn("You act for this account already.", self.text(self.bind()))

    def test_wrong_facts(self):
        """Which of them is wrong is not said, and the typed values are still there."""
        self.sign_in("portal2")
        for values in (
            {"account_code": "T999999"},
            {"holder_name": "李四"},
            {"bill_amount": "86.41"},
            {"bill_amount": "", "meter_no": "SH-0816"},
            {"account_code": "%"},
        ):
            answer = self.bind(**values)
            self.assertStatus(answer, 422)
            self.assertIn("details do not match", self.text(answer))
        field = self.page(answer).xpath("//input[@name='holder_name']")[0]
        self.assertEqual(field.get("value"), self.customer.name)
        self.assertEqual(set(self.errors(self.bind(holder_name=" "))), {"holder_name"})
        self.assertEqual(set(self.errors(self.bind(bill_amount="much"))), {"bill_amount"})
        self.assertFalse(self.bound())

    def test_guessing_ends(self):
        """After some attempts the right facts are of no use for the day; others go on."""
        self.sign_in("portal2")
        for cents in range(LIMITS["bind_user"]):
            self.bind(bill_amount=f"1.{cents:02}")
        answer = self.bind()
        self.assertStatus(answer, 429)
        self.assertFalse(self.bound())
        self.assertIn("too many attempts today", self.text(answer))

    def test_strangers_and_staff(self):
        """Visitors and staff cannot add accounts, nor by an address alone."""
        self.sign_in("portal2")
        self.assertLocation(self.get(f"{LIST}/bind?account_code=T100001"), LIST)
        self.assertStatus(self.post(f"{LIST}/bind", self.facts(), csrf=False), 400)
        self.sign_in("agent")
        self.assertIn("member of staff", self.text(self.bind()))
        bills = self._as("agent", self.bill)
        with self.assertRaisesRegex(AccessError, "billing system"):
            bills.with_env(self.env).write({"amount": 1})
        self.assertNothingByRpc(["water.account.bill", "water.account.reading"])

    def test_phone_entered_by_another_user(self):
        """A phone entered for the holder by another gets no code until confirmed."""
        self.gateway()
        clerk = self._new_user("clerk", "water_service_desk.group_agent,base.group_partner_manager")
        self.customer.with_user(clerk).phone = "13700000000"
        self.sign_in("portal2")
        self.assertIn("telephone was changed lately", self.text(self.bind()))
        self.assertFalse(self.bound())
        changes = self.env["water.account.change"].search([("account_id", "=", self.account.id)])
        self._as("supervisor", changes).action_confirm()
        self.assertLocation(self.bind(), f"{LIST}/code")
        self.assertEqual(self.sent_code()[0], "+8613700000000")

    def test_another_holder(self):
        """With another holder the binding ends, and a code that was sent before is void."""
        self.gateway()
        self.sign_in("portal2")
        self.bind()
        digits = self.sent_code()[1]
        other = self.env["res.partner"].create({"name": "周杰", "phone": "13600001111"})
        self.account.partner_id = other
        answer = self.post(f"{LIST}/code", {"code": digits})
        self.assertIn("no longer valid for this account", self.text(answer))
        self.assertFalse(self.bound())

    # -- earlier records belong to another ------------------------------------------------------

    def _bills_around_a_move(self):
        """Bills and readings before and after the midnight at which 李娜 takes the account over."""
        bills, readings = self.env["water.account.bill"], self.env["water.account.reading"]
        for number, issued_on, until in (
            ("B-2", "2026-10-31", False),
            ("B-3", "2026-11-01", False),
            ("B-4", "2026-11-05", "2026-11-01"),  # the last one, read on the moving day
            ("B-5", "2026-11-30", "2026-11-02"),
        ):
            values = {"issued_on": issued_on, "period_until": until, "amount": 5}
            bills._receive(self.account, number, values)
        for number, day in (("R-2", "2026-10-31"), ("R-3", "2026-11-01")):
            readings._receive(self.account, number, {"read_on": day, "value": int(day[-2:])})
        values = {"partner_id": self.customer2.id, "holder_since": local("2026-11-01 00:00")}
        self.account.write(values)

    def test_bills_of_the_holder_before(self):
        """The new holder reads bills and readings from then on, by the company's day."""
        self._bills_around_a_move()
        account = self.account
        self.assertEqual(account._present(account.bill_ids).mapped("number"), ["B-5", "B-3"])
        self.assertEqual(account._present(account.reading_ids).mapped("number"), ["R-3"])
        self.sign_in("portal2")
        words = self.text(self.get(f"{LIST}/{account.id}"))
        for number, is_his in (("B-1", False), ("B-3", True), ("B-4", False), ("B-5", True)):
            (self.assertIn if is_his else self.assertNotIn)(number, words)
        self.assertNotIn("1204 m³", words)

    def test_balance_of_the_holder_before(self):
        """Due at 23:59:59 it is the old holder's; from midnight the new one's."""
        self._bills_around_a_move()
        known = {}
        for moment in ("2026-10-31 23:59:59", "2026-11-01 00:00:00"):
            self.account.sudo().write({"balance": -12.5, "balance_at": local(moment)})
            known[moment[-8:]] = self.account._portal_account(self._nobody())["balance"]
        self.assertEqual(known["23:59:59"], "")
        self.assertIn("12.50", known["00:00:00"])

    def _nobody(self):
        return self.env["water.account.delegate"]

    def test_a_bill_of_the_holder_before_proves_nothing(self):
        """An old bill gives no access to the later holder's account."""
        other = self.env["res.partner"].create({"name": "周杰"})
        self.account.write({"partner_id": other.id, "holder_since": local("2026-10-02 09:00")})
        self.sign_in("portal2")
        answer = self.bind(holder_name="周杰")
        self.assertStatus(answer, 422)
        self.assertIn("details do not match", self.text(answer))
        self.assertFalse(self.bound())

    def test_old_bills_go(self):
        """After three years the billing system alone knows; a correction makes no second bill."""
        bills = self.env["water.account.bill"]
        values = {"issued_on": "2020-01-01", "amount": 5}
        self.assertEqual(bills._receive(self.account, "B-0", values), "created")
        self.assertEqual(bills._receive(self.account, "B-0", {"amount": 6}), "updated")
        with freeze_time("2026-11-01"):
            bills._gc_old()
            self.env["water.billed.mixin"]._gc_old()  # as the vacuum of Odoo does
        self.assertEqual(self.account.bill_ids, self.bill)

    def test_amounts(self):
        self.assertEqual(
            [read_amount(text) for text in ("86.40", "¥1,086.4", "８６.４元", "86,4x", "-1", "")],
            [86.4, 1086.4, 86.4, None, None, None],
        )
