from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW
from ...base.tests.doors import Sent
from ...base.trust import trusted
from .common import AccountChangeCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAccountChange(AccountChangeCommon):
    """Another holder, bank or contact: in the chain, told to the previous contact, confirmed."""

    def test_holder_changed_and_changed_back(self):
        """Both directions are in the chain, and need a person who made neither."""
        self._as("supervisor", self.account).partner_id = self.customer2
        self._as("supervisor2", self.account).partner_id = self.customer
        first, second = self._changes(kind="holder")
        self.assertEqual((first.partner_id, second.partner_id), (self.customer, self.customer2))
        self.assertEqual(self._kinds(), ["holder_changed", "holder_changed"])
        self.assertFalse(self.account._verify_events())
        for login in ("supervisor", "supervisor2"):
            for change in (first, second):
                with self.assertRaisesRegex(AccessError, "was not involved"):
                    self._as(login, change).action_confirm()
        with self.assertRaisesRegex(AccessError, "supervisor confirms"):
            self._as("agent", first).action_confirm()
        self._as("manager", first | second).action_confirm()
        self.assertEqual((first | second).mapped("state"), ["confirmed"] * 2)
        self.assertEqual(self._kinds()[2:], ["change_confirmed"] * 2)

    def test_told_at_the_old_contact(self):
        """Mail first, phone later: both are announced at the contact before the first."""
        partner = self._as("clerk", self.customer)
        self.assertIs(partner.write({"email": "thief@example.com"}), True)
        partner.phone = "13700000000"
        first, second = self._changes(kind="contact")
        self.assertEqual(first.old_email, "zhang@example.com")
        self.assertEqual(second.old_email, "zhang@example.com")
        messages = self._messages(first | second)
        self.assertEqual(messages.mapped("address"), ["zhang@example.com"] * 2)
        self.assertTrue(first.told_at)
        mail = messages[0].mail_mail_id
        self.assertIn("10002345", mail.subject)
        self.assertNotIn("thief", mail.body_html)
        self.assertNotIn("张伟", mail.body_html)

    def test_every_door_of_the_contact(self):
        """The form, the account's field, an import, the customer."""
        self._as("clerk", self.customer).write({"street": "别处1号"})
        self._as("clerk", self.account).holder_phone = "13700000000"
        loader = self._as("clerk", self.env["res.partner"])
        xml_id = dict(self.customer.sudo()._BaseModel__ensure_xml_id())[self.customer]
        loader.load(["id", "name"], [[xml_id, "李四"]])
        self.customer.with_user(self.users["portal1"]).sudo().write({"email": "new@example.com"})
        names = self._changes(kind="contact").mapped("names")
        self.assertEqual(names, ["street", "phone", "name", "email"])
        self.assertEqual(self._changes()[-1:].user_id, self.users["portal1"])

    def _link_to(self, login):
        """Where the link for a new password goes that a visitor asks for."""
        sent = []

        def send(mails, **_how):
            sent.extend(mails.mapped("email_to"))

        with patch.object(type(self.env["mail.mail"]), "send", send):
            self.env["res.users"].sudo().reset_password(login)
        return sent

    def test_no_link_to_an_address_of_another(self):
        """Otherwise entering one's own address for a user with a login would give access."""
        self.assertEqual(self._link_to("water_portal1"), ["zhang@example.com"])
        self._as("clerk", self.customer).email = "thief@example.com"
        with self.assertRaisesRegex(UserError, "not confirmed by a second one"):
            self._link_to("water_portal1")
        self.assertFalse(self.customer.sudo().signup_type)
        (change,) = self._changes(kind="contact")
        self._as("supervisor", change).action_confirm()
        self.assertEqual(self._link_to("water_portal1"), ["thief@example.com"])

    def test_link_to_what_he_entered_himself(self):
        """The own address stays, also after another's."""
        self._as("clerk", self.customer).email = "thief@example.com"
        own = self.customer.with_user(self.users["portal1"]).sudo()
        own.write({"email": "new@example.com"})
        self.assertEqual(self._link_to("water_portal1"), ["new@example.com"])

    def test_no_link_without_an_account(self):
        """Nor for customers without accounts; Odoo itself closes colleagues' contacts.

        Contacts without service data are as in Odoo.
        """
        person = self.users["portal2"].partner_id
        self._as("clerk", person).email = "new@example.com"
        self.assertEqual(self._link_to("water_portal2"), ["new@example.com"])
        self._inquiry(partner_id=person.id)
        self._as("clerk", person).email = "thief@example.com"
        with self.assertRaisesRegex(UserError, "not confirmed by a second one"):
            self._link_to("water_portal2")
        kept = self.env["water.account.change"].search([("partner_id", "=", person.id)])
        self.assertEqual(kept.user_id, self.users["clerk"])
        with self.assertRaises(AccessError):
            self._as("clerk", self.users["manager"].partner_id).email = "thief@example.com"

    def test_link_to_what_an_administrator_entered(self):
        """Users who may reset passwords choose where the link goes."""
        self.users["clerk"].group_ids += self.env.ref("base.group_erp_manager")
        self._as("clerk", self.users["portal2"].partner_id).email = "new@example.com"
        self.assertEqual(self._link_to("water_portal2"), ["new@example.com"])

    def test_no_real_change(self):
        """Repetitions, fields without contact data, and a first phone number."""
        self._as("clerk", self.customer).write({"phone": self.customer.phone, "lang": "en_US"})
        bare = self.env["res.partner"].create({"name": "王五"})
        self.env["water.account"].create({"code": "2", "partner_id": bare.id, "address": "x"})
        self._as("clerk", bare).phone = "13711112222"
        self.assertFalse(self.env["water.account.change"].search([]))
        bare.phone = False
        self.assertEqual(self.env["water.account.change"].search([]).names, "phone")

    def test_bank_changed_and_changed_back(self):
        """Added, altered, altered back, taken away: each is kept, and shows no number."""
        banks = self.env["res.partner.bank"].with_user(self.users["agent"]).sudo()
        bank = banks.create({"partner_id": self.customer.id, "acc_number": "6222 0001"})
        bank.acc_number = "6222 0002"
        bank.acc_number = "6222 0001"
        bank.unlink()
        changes = self._changes(kind="bank")
        self.assertEqual(
            changes.mapped("before"), [False, *(f"**** {n}" for n in ("0001", "0002", "0001"))]
        )
        self.assertEqual(
            changes.mapped("after"), [*(f"**** {n}" for n in ("0001", "0002", "0001")), False]
        )
        self.assertEqual(self._kinds(), ["bank_changed"] * 4)
        self.assertEqual(changes.user_id, self.users["agent"])

    def test_bank_of_the_company_he_belongs_to(self):
        house = self.env["res.partner"].create({"name": "物业", "is_company": True})
        self.customer.parent_id = house
        self.env["res.partner.bank"].create({"partner_id": house.id, "acc_number": "1"})
        self.assertTrue(self._changes(kind="bank"))

    def test_merged(self):
        """Merging gives the account another holder past the form: it is a change all the same."""
        other = self.env["res.partner"].create({"name": "冒名", "email": "zhang@example.com"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer2 | other).ids, other)
        self.assertFalse(self._changes())
        thief = self.env["res.partner"].create({"name": "冒名", "email": "zhang@example.com"})
        self.customer.user_ids.unlink()
        wizard._merge((self.customer | thief).ids, thief)
        self.assertEqual(self.account.partner_id, thief)
        change = self._changes(kind="merged")
        self.assertEqual((change.before, change.after), ("张伟", "冒名"))
        self.assertEqual(change.old_email, "zhang@example.com")
        self.assertIn("holder_changed", self._kinds())

    def test_no_login_comes_to_an_account_by_a_merging(self):
        """A stranger's login with the name of the holder is no proof of the account."""
        holder = self.env["res.partner"].create({"name": "李娜"})
        account = self.env["water.account"].create(
            {"code": "30009", "partner_id": holder.id, "address": "南湖路1号"}
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        for into in (holder, self.customer2):
            with self.assertRefused("this login would open the accounts", account):
                wizard._merge((self.customer2 | holder).ids, into)
        self.assertEqual(account.partner_id, holder)

    def test_staff_is_not_merged(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        pair = self.customer | self.users["agent"].partner_id
        self.users["portal1"].unlink()
        with self.assertRaisesRegex(UserError, "member of staff"):
            wizard._merge(pair.ids, self.customer)
        self.assertEqual(self.account.partner_id, self.customer)

    def test_staff_as_holder(self):
        """Shown, and confirmed neither by the new contact nor by the user who entered it."""
        mine = self.users["supervisor2"].partner_id
        self._as("supervisor", self.account).partner_id = mine
        change = self._changes(kind="holder")
        self.assertTrue(change.is_staff)
        for login in ("supervisor", "supervisor2"):
            with self.assertRaisesRegex(AccessError, "was not involved"):
                self._as(login, change).action_confirm()
        self._as("manager", change).action_confirm()

    def test_released_with_a_reason(self):
        """Confirmed first, then the days run; a second person ends them with a reason."""
        self._as("clerk", self.customer).email = "new@example.com"
        change = self._changes()
        self.assertTrue(change.is_frozen)
        with self.assertRaisesRegex(UserError, "Confirm the change first"):
            self._as("supervisor", change)._release("本人到场")
        self._as("supervisor", change).action_confirm()
        self.assertTrue(change.is_frozen)
        self.assertIn("2026-03-18", change._freeze_text())
        with freeze_time("2026-03-18 02:00:01"):
            change.invalidate_recordset(["is_frozen"])
            self.assertFalse(change.is_frozen)
        change.invalidate_recordset(["is_frozen"])
        wizard = self._as("supervisor2", self.env["water.account.release.wizard"])
        with self.assertRaisesRegex(UserError, "Fill in “Reason”"):
            Sent(wizard).create({"change_ids": [Command.set(change.ids)], "reason": " "})
        wizard.create({"change_ids": [Command.set(change.ids)], "reason": "本人到场"}).action_save()
        self.assertFalse(change.is_frozen)
        self.assertEqual(self._kinds(), ["contact_changed", "change_confirmed", "freeze_released"])

    def test_kept_by_the_system(self):
        self._as("clerk", self.customer).email = "new@example.com"
        change = self._changes()
        for call in (
            lambda: self._as("manager", change).write({"state": "confirmed"}),
            lambda: self._as("manager", change).unlink(),
            lambda: self.env["water.account.change"].create({"kind": "bank"}),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(change.state, "waiting")

    def test_erased(self):
        """Erasure leaves no address; the record of the change stays."""
        self._as("clerk", self.customer).email = "new@example.com"
        change = self._changes()
        self.account.active = False
        acts.erase(trusted(self.customer), "客户要求")
        self.assertFalse(change.old_email or change.old_phone or change.before or change.after)
        self.assertEqual(change.names, "email")
        self.assertFalse(self.account._verify_events())
