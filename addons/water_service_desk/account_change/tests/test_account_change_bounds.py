from odoo import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW
from ...base.trust import trusted
from ..models.water_account_change import CONTACT
from .common import AccountChangeCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAccountChangeBounds(AccountChangeCommon):
    """What counts as a change, whose it is, and how long money waits."""

    def test_said_as_it_was_and_is(self):
        """Field by field, with a dash for empty; surrounding blanks are no change."""
        self._as("clerk", self.customer).write({"street": " ", "city": "北京", "zip": "100001"})
        change = self._changes()
        self.assertEqual((change.names, change.kind), ("city,zip", "contact"))
        self.assertEqual(change.before, "City: -\nZip: -")
        self.assertEqual(change.after, "City: 北京\nZip: 100001")
        (event,) = self.account.event_ids
        self.assertEqual(event.payload, {"change": change.id, "fields": ["city", "zip"]})
        self.assertEqual((event.change_id, event.partner_id), (change, self.customer))
        self._as("clerk", self.customer).country_id = self.env.ref("base.de")
        change = self._changes()[-1]
        self.assertEqual((change.before, change.after), ("Country: -", "Country: Germany"))

    def test_unreachable_customers(self):
        """A first telephone is no change; another name or street is one all the same."""
        bare = self.env["res.partner"].create({"name": "王五", "street": "旧街"})
        self.env["water.account"].create({"code": "2", "partner_id": bare.id, "address": "x"})
        bare.write({"phone": "13711112222", "street": "新街", "city": "北京"})
        self.assertEqual(self.env["water.account.change"].search([]).names, "street")

    def test_all_of_a_contact_at_once(self):
        """All values written together."""
        values = {name: self.customer[name] for name in CONTACT}
        values = {
            name: value.id if hasattr(value, "id") else value for name, value in values.items()
        }
        self.customer.write({**values, "email": "new@example.com"})
        self.assertEqual(self._changes().names, "email")

    def test_for_each_account_that_he_holds(self):
        self.env["water.account"].create(
            {"code": "2", "partner_id": self.customer.id, "address": "x"}
        )
        self.customer.email = "new@example.com"
        changes = self.env["water.account.change"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(set(changes.account_id.mapped("code")), {"10002345", "2"})
        self.assertEqual(len(self._messages(changes)), 1, "told once")
        self.assertEqual(len(changes.filtered("told_at")), 1)
        links = self.customer2._water_change_links()
        self.assertEqual(links, [{"account_id": False, "company_id": self.company.id}])
        company2 = self.env["res.company"].create({"name": "Second Water"})
        theirs = self.env["res.partner"].create({"name": "李四", "company_id": company2.id})
        links = theirs._water_change_links()
        self.assertEqual(links, [{"account_id": False, "company_id": company2.id}])

    def test_told_at_previous_contact_until_confirmed(self):
        self.customer.email = "second@example.com"
        self._as("supervisor", self._changes()).action_confirm()
        self.customer.email = "third@example.com"
        self.assertEqual(self._changes()[-1].old_email, "second@example.com")

    def test_the_same_holder_again_is_no_change(self):
        self.assertTrue(
            self.account.write({"partner_id": self.customer.id, "address": "东城路9号"})
        )
        self.assertFalse(self._changes())
        self.account.partner_id = self.customer2
        change = self._changes()
        self.assertEqual((change.before, change.after), ("张伟", "李娜"))
        self.assertEqual((change.names, change.is_staff), ("partner_id", False))

    def test_no_change_of_bank_account(self):
        """Its place in the list, and the same number again; another owner concerns both."""
        bank = self.env["res.partner.bank"].create(
            {"partner_id": self.customer.id, "acc_number": "6222 0001"}
        )
        self.assertTrue(bank.write({"sequence": 7}))
        self.assertTrue(bank.write({"acc_number": "6222 0001"}))
        self.assertEqual(len(self._changes(kind="bank")), 1)
        self.env["water.account"].create(
            {"code": "2", "partner_id": self.customer2.id, "address": "x"}
        )
        bank.acc_holder_name = "李娜"
        bank.partner_id = self.customer2
        changes = self.env["water.account.change"].search([("kind", "=", "bank")], order="id")
        owners = changes.mapped(lambda row: row.partner_id.name)
        self.assertEqual(owners[:2], ["张伟", "张伟"])
        self.assertEqual(sorted(owners[2:]), sorted(["张伟", "李娜"]))
        bank.acc_number = "6222 0009"
        self.assertEqual(len(self._changes(kind="bank")), 3, "it is his no longer")

    def test_staff_members(self):
        """By phone, mail, street or bank; neither by empty nor by shared values."""
        mate = self.users["agent2"].partner_id
        mate.write({"phone": "13600000001", "email": "mate@example.com", "street": "宿舍1号"})
        self.env["res.partner.bank"].create({"partner_id": mate.id, "acc_number": "6222 7777"})
        self.customer2.write({"street": "别处2号"})
        people = self.env["res.partner"]
        for values, found in (
            ({}, False),
            ({"phone": "136 0000 0001", "country_id": self.env.ref("base.cn").id}, True),
            ({"email": "Mate@Example.com"}, True),
            ({"street": "宿舍1号"}, True),
            ({"bank_ids": [Command.create({"acc_number": "62227777"})]}, True),
            ({"street": "别处2号", "phone": "13600000002"}, False),
        ):
            partner = people.create({"name": "钱七", **values})
            staff = self.users["agent2"] if found else self.env["res.users"]
            self.assertEqual(partner._water_staff_behind(), staff, values)
        self.assertEqual(mate._water_staff_behind(), self.users["agent2"])
        pair = mate | self.customer2
        by_contact = pair._water_staff_by_contact(mate, self.customer2, pair)
        counts = {group: len(users) for group, users in by_contact.items()}
        self.assertEqual(counts, {mate: 1, self.customer2: 0, pair: 1})
        at = people._water_staff_at(["宿舍1号", "别处2号", False])
        self.assertEqual(at, {"宿舍1号": self.users["agent2"]})

    def test_how_long_money_waits(self):
        """Until a second person confirms it, and until the last moment of its days."""
        self.customer.email = "new@example.com"
        change = self._changes()
        found = self.env["water.account.change"]
        confirmed = {"state": "confirmed", "confirmed_at": NOW}
        for moment, values, frozen in (
            (NOW, {}, True),
            ("2026-04-11 02:00:00", {}, True),
            ("2026-03-18 01:59:59", confirmed, True),
            ("2026-03-18 02:00:00", confirmed, False),
            (NOW, {**confirmed, "released_at": NOW}, False),
            (NOW, {**confirmed, "released_at": False, "frozen_until": False}, False),
        ):
            trusted(change).write(values)
            change.invalidate_recordset()
            with freeze_time(moment), self.subTest(moment=moment, values=values):
                self.assertIs(change.is_frozen, frozen)
                self.assertEqual(bool(found.search([("is_frozen", "=", True)])), frozen)
                self.assertEqual(bool(found.search([("is_frozen", "=", False)])), not frozen)
                self.assertIs(self._as("manager", change).can_decide, frozen)
                self.assertIs(self._as("agent", change).can_decide, False)

    def test_said_why_money_waits(self):
        self._as("clerk", self.customer).email = "new@example.com"
        change = self._changes()
        text = f"Another contact on 2026-03-11 10:00 by {self.users['clerk'].name}"
        waiting, days = ", to be confirmed by a second person", "payments wait until"
        until = f"; {days} 2026-03-18 10:00"
        self.assertEqual(change._freeze_text(), f"{text}{waiting}{until}")
        self._as("supervisor", change).action_confirm()
        self.assertEqual(change._freeze_text(), f"{text}{until}")
        self._as("supervisor2", change)._release("本人到场")
        self.assertEqual(change._freeze_text(), text)
        self.assertEqual(change.released_by_id, self.users["supervisor2"])
        self._as("supervisor2", change).action_confirm()
        self.assertEqual(change.confirmed_by_id, self.users["supervisor"], "confirmed once")

    def test_participating_people(self):
        """Changes of this account or contact within the days before."""
        for days, moment, meant in (
            (7, "2026-03-04 02:00:00", True),
            (7, "2026-03-04 01:59:59", False),
            (0, "2026-03-10 02:00:00", True),
            (0, "2026-03-10 01:59:59", False),
        ):
            with self.subTest(days=days, moment=moment):
                self.company.water_freeze_days = days
                account = self.account.copy({"code": f"A{days}{moment}"})
                with freeze_time(moment):
                    self._as("supervisor", account).partner_id = self.customer2
                self._as("agent", account).sudo().partner_id = self.customer
                change = self.env["water.account.change"].search([], limit=1)
                self.assertEqual(self.users["supervisor"] in change._hands(), meant)
                self.assertIn(self.users["agent"], change._hands())
                self.assertNotIn(self.env.ref("base.user_root"), change._hands())
                trusted(self.env["water.account.change"].search([])).write({"at": "2025-01-01"})
        self._as("supervisor", self.customer).sudo().email = "new@example.com"
        other = self.env["water.account"].create(
            {"code": "2", "partner_id": self.customer.id, "address": "x"}
        )
        self._as("agent", other).sudo().partner_id = self.customer2
        change = self.env["water.account.change"].search([], limit=1)
        self.assertIn(self.users["supervisor"], change._hands(), "changed his contact before")

    def test_notice_to_former_contact(self):
        self.customer.email = "new@example.com"
        change = self._changes()
        told = [(m, change._message_address(m)) for m in ("mail", "sms", "wechat")]
        number = self.company._water_phone(self.customer.phone)
        self.assertEqual(told, [("mail", "zhang@example.com"), ("sms", number), ("wechat", None)])
        self.assertEqual(change._mail_address(), "zhang@example.com")
        self.assertEqual(change._customer_due(), change.frozen_until)
        self.assertTrue(change._customer_link().endswith("/my"))
        for kind, words in (
            ("holder", "The account 10002345 got another holder on "),
            ("merged", "The account 10002345 got another holder on "),
            ("payee", "For your account 10002345 an amount was awarded to another person on "),
            ("contact", "Your contact for the account 10002345 was changed on "),
            ("bank", "The bank account for your account 10002345 was changed on "),
        ):
            trusted(change).kind = kind
            self.assertTrue(change._change_sentence().startswith(words), kind)
        self.company.water_hotline = "96116"
        self.assertTrue(change._hotline_sentence().endswith("call us right now: 96116."))
        self.company.water_hotline = False
        self.assertTrue(change._hotline_sentence().endswith("tell us right now."))
        trusted(change).account_id = False
        self.assertEqual(change._customer_number(), "")
        self.assertTrue(change._change_sentence().startswith("Your contact or bank account with"))

    def test_merged_into_the_holder(self):
        """Still the holder; of two holders, the other's accounts changed."""
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        other = self.env["res.partner"].create({"name": "张伟", "email": "zhang@example.com"})
        wizard._merge((self.customer | other).ids, self.customer)
        self.assertFalse(other.exists())
        self.assertFalse(self._changes())
        other = self.env["res.partner"].create({"name": "老张", "email": "zhang@example.com"})
        second = self.env["water.account"].create(
            {"code": "2", "partner_id": other.id, "address": "x"}
        )
        self.customer.user_ids.unlink()
        wizard._merge((self.customer | other).ids, self.customer)
        self.assertFalse(self._changes())
        (event,) = second.event_ids
        self.assertEqual((event.change_id.before, event.change_id.after), ("老张", "张伟"))
        self.assertFalse(event.change_id.is_staff)
