from itertools import product
from unittest.mock import patch

from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from odoo.addons.mail.tools.discuss import Store

from ...base.tests.common import WaterCommon
from ...base.tests.doors import Sent
from ...base.trust import trusted

PHONE, MAIL = "13612349876", "ouyang@customer.example"
#: Rows that name a contact whom a case or an account names as well.
FOLLOWING = {"water.incident.contact", "water.account.event", "water.api.customer"}


@tagged("post_install", "-at_install")
class TestOtherApps(WaterCommon):
    """Users without our roles see no service customers; other contacts are as before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contacts = cls.env["res.partner"]
        cls.person = contacts.create({"name": "欧阳水清", "phone": PHONE, "email": MAIL})
        cls.buyer = contacts.create({"name": "买家", "phone": "13612340000"})
        cls.holder = contacts.create({"name": "户主", "phone": "13612341111"})
        cls.env["water.account"].create(
            {"code": "88001", "partner_id": cls.holder.id, "address": "东城路8号"}
        )
        cls.banks = cls.env["res.partner.bank"].create(
            [
                {"acc_number": f"62220000{number}", "partner_id": contact.id}
                for number, contact in enumerate((cls.person, cls.buyer))
            ]
        )

    def setUp(self):
        super().setUp()
        self.case = self._inquiry(partner_id=self.person.id)
        self.case.message_subscribe(partner_ids=self.person.ids)
        self.buyer.message_subscribe(partner_ids=self.buyer.ids)
        self.env.flush_all()
        self.env.invalidate_all()

    def _seen(self, login, records):
        return self._as(login, records).search([("id", "in", records.ids)])

    def test_customers_of_the_service(self):
        """Neither read, found by id, proposed while typing, nor written."""
        everybody = self.person | self.holder | self.buyer
        self.assertEqual(self._seen("plain", everybody), self.buyer)
        self.assertEqual(self._seen("agent", everybody), everybody)
        contacts = self._as("plain", self.env["res.partner"])
        for domain in (
            [("phone", "=", PHONE)],
            [("email", "=", MAIL)],
            [("name", "=", "欧阳水清")],
        ):
            self.assertFalse(contacts.search(domain))
        self.assertFalse(contacts.name_search("欧阳水清"))
        groups = contacts.formatted_read_group([("phone", "=like", "1361234%")], ["phone"])
        self.assertEqual([group["phone"] for group in groups], ["13612340000"])
        for contact in self.person | self.holder:
            with self.assertRaises(AccessError):
                self._as("plain", contact).read(["phone"])
            with self.assertRaises(AccessError):
                self._as("plain", contact).write({"phone": "1"})
        self.users["plain"].group_ids += self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            self._as("plain", self.person).write({"user_id": self.users["plain"].id})

    def test_related_records(self):
        """Their bank accounts, logins, and what they follow."""
        banks = self._seen("plain", self.banks)
        self.assertEqual(banks.partner_id, self.buyer)
        self.assertEqual(self._seen("agent", self.banks), self.banks)
        self.assertFalse(self._seen("department", self.banks) & self.banks[0])
        self._inquiry(partner_id=self.customer.id)
        self.env.invalidate_all()
        self.assertFalse(self._seen("plain", self.users["portal1"]))
        self.assertTrue(self._seen("plain", self.users["portal2"]))
        followers = self.env["mail.followers"].search(
            [("partner_id", "in", (self.person | self.buyer).ids)]
        )
        self.assertEqual(followers.partner_id, self.person | self.buyer)
        self.assertEqual(self._seen("plain", followers).partner_id, self.buyer)
        self.assertEqual(self._seen("agent", followers), followers)
        self.assertFalse(self._seen("department", followers))

    def test_told_people(self):
        """Notifications reveal recipient and subject: only own ones, and those of own messages."""
        me, colleague = (self.users[login].partner_id for login in ("department", "agent2"))
        self._dispatch(self.case)
        told = {"partner_ids": (self.person | colleague).ids, "subtype_xmlid": "mail.mt_comment"}
        said = self._as("agent", self.case).message_post(body="x", **told)
        mine = said.sudo().notification_ids
        self.assertEqual(mine.res_partner_id, self.person | colleague)
        self.assertEqual(self._seen("agent", mine), mine)
        self.assertEqual(self._seen("agent2", mine).res_partner_id, colleague)
        for login in ("plain", "department", "quality"):
            self.assertFalse(self._seen(login, mine))
            with self.assertRaises(AccessError):
                self._as(login, mine).read(["res_partner_id"])
        noted = self._as("department", self.case).message_post(body="y")
        rows = self.env["mail.notification"].create(
            [
                {"mail_message_id": noted.id, "author_id": me.id, "res_partner_id": reader.id}
                for reader in (self.person, colleague)
            ]
        )
        self.assertEqual(self._seen("department", rows).res_partner_id, colleague)

    def test_recipients_of_message(self):
        """Masked readers cannot find out by id which customer a message went to."""
        colleague = self.users["agent2"].partner_id
        self._dispatch(self.case)
        told = {"partner_ids": (self.person | colleague).ids, "subtype_xmlid": "mail.mt_comment"}
        said = self._as("agent", self.case).message_post(body="x", **told).sudo(False)
        for login, seen in (("department", colleague), ("agent", colleague | self.person)):
            message = self._as(login, said)
            with self.subTest(login=login):
                for name in ("partner_ids", "notified_partner_ids"):
                    said.sudo()[name].mapped("name")  # as Odoo looks at them, as the system
                    self.assertEqual(set(message.read([name])[0][name]), set(seen.ids))
                    web = message.web_read({name: {}})[0][name]
                    self.assertEqual(set(web), set(seen.ids))
                shown = Store().add(message).get_result()
                self.assertEqual(set(shown["mail.message"][0]["partner_ids"]), set(seen.ids))

    def test_refusal_contains_no_names(self):
        """Not in debug mode either, which any staff can turn on by an address."""
        users = type(self.env["res.users"])
        usual = users.has_group

        def debugs(user, name):
            return name == "base.group_no_one" or usual(user, name)

        account = self.env["water.account"].search([("partner_id", "=", self.holder.id)])
        for login, closed in product(("department", "plain"), (self.person, self.case, account)):
            refusals = self.env["ir.rule"].with_user(self.users[login])
            with patch.object(users, "has_group", debugs), self.subTest(login=login, of=closed):
                mine = self._as(login, closed)
                words = refusals._make_access_error("read", mine).args[0]
                self.assertIn(f"({closed._name}: {closed.id}", words)
                self.assertNotIn(closed.display_name, words)
        admin = self.env.ref("base.user_admin")
        with patch.object(users, "has_group", debugs):
            refusals = self.env["ir.rule"].with_user(admin)
            words = refusals._make_access_error("read", self.person.with_user(admin)).args[0]
        self.assertIn(self.person.name, words)

    def test_signed_in_users(self):
        """Archiving a contact does not reveal who signs in as it, for customers too."""
        contact = self.users["portal1"].partner_id
        self._inquiry(partner_id=contact.id)
        for login in ("plain", "department", "portal2"):
            mine = self._as(login, contact)
            for act in (mine.action_archive, lambda mine=mine: mine.write({"active": False})):
                with self.subTest(login=login), self.assertRaises(AccessError) as refused:
                    act()
                self.assertNotIn(contact.name, str(refused.exception))
        with self.assertRaisesRegex(RedirectWarning, contact.name):  # who may archive reads why not
            contact.with_user(self.env.ref("base.user_admin")).action_archive()

    def test_subject_of_activity(self):
        """An unsaved form does not reveal whose number was entered."""
        about = {"res_model": "res.partner", "res_id": self.person.id}
        begun = {f"default_{name}": value for name, value in about.items()}
        shown = {"res_model": {}, "res_id": {}, "res_name": {}}
        for login in ("plain", "department", "agent"):
            rows = self._as(login, self.env["mail.activity"])
            for mine, values in ((rows, about), (rows.with_context(**begun), {})):
                with self.subTest(login=login, values=values):
                    if login == "agent":
                        found = Sent(mine).onchange(dict(values), [], shown)["value"]
                        self.assertEqual(found.get("res_name"), self.person.name)
                    else:
                        with self.assertRaisesRegex(AccessError, "you cannot see"):
                            Sent(mine).onchange(dict(values), [], shown)

    def test_a_to_do_carried_elsewhere(self):
        """Nor does moving an own activity to a closed record, at once or in two steps; it cannot
        be on a case that its assignee cannot see.
        """
        model, todos = self.env["ir.model"]._get_id, self.env["mail.activity"]
        about = {"res_model_id": model("res.partner"), "res_id": self.person.id}
        begun = {f"default_{name}": value for name, value in about.items()}
        halves = [({name: value}, begun) for name, value in about.items()]
        closed = {"res_model_id": model(self.case._name), "res_id": self.case.id}
        for login in ("plain", "department2"):
            mine = {"summary": "x", "user_id": self.users[login].id}
            todo = self._as(login, todos).create(mine)
            for values, context in ((about, {}), *halves):
                with (
                    self.subTest(login=login),
                    self.assertRaisesRegex(AccessError, "you cannot see"),
                ):
                    Sent(todo.with_context(**context)).web_save(values, {"res_name": {}})
            with self.subTest(login=login), self.assertRaises(AccessError), self.cr.savepoint():
                todo.write(closed)
        todo = self._as("agent", todos).create({"summary": "x", "user_id": self.users["agent"].id})
        Sent(todo).web_save(closed, {"res_name": {}})
        self.assertIn(self.case.name, todo.res_name)
        Sent(todo).web_save({**closed, "summary": "y"}, {"res_name": {}})

    def test_invited_people(self):
        general = self.env.ref("mail.channel_all_employees")
        contact = self.users["portal1"].partner_id
        self._inquiry(partner_id=contact.id)
        for login in ("plain", "department"):
            mine = self._as(login, general)
            with self.subTest(login=login), self.assertRaisesRegex(AccessError, "closed to you"):
                mine.add_members(contact.ids)
            self.assertNotIn(contact, general.channel_partner_ids)
            thread = mine._create_sub_channel(name="x")
            with self.subTest(login=login), self.assertRaisesRegex(AccessError, "closed to you"):
                thread.add_members(contact.ids)
            thread.add_members(self.users["agent2"].partner_id.ids)
            self.assertIn(self.users["agent2"].partner_id, thread.sudo().channel_partner_ids)

    def test_no_name_of_another_company(self):
        """A company conflict does not name records closed to the user."""
        values = {"code": "99007", "partner_id": self.holder.id, "address": "西城路9号"}
        other = self.env["res.company"].create({"name": "Second Water"})
        theirs = self.env["water.account"].create({**values, "company_id": other.id})
        with self.assertRaisesRegex(AccessError, "you cannot see"), self.cr.savepoint():
            Sent(self._as("agent", self.case)).write({"account_id": theirs.id})
        for login, is_closed in (("agent", True), ("su", False)):
            mine, told = trusted(self._as(login, self.case)), "belongs to company"
            with self.assertRaisesRegex(UserError, told) as refused, self.cr.savepoint():
                mine.write({"account_id": theirs.id})
            words = str(refused.exception)
            self.assertEqual("99007" not in words, is_closed)
            self.assertEqual(f"water.account: {theirs.id}" in words, is_closed)

    def test_ordinary_work(self):
        """Sales staff see their customers, themselves, their colleagues and the company."""
        salesman, contacts = self.users["plain"], self.env["res.partner"]
        near = salesman.partner_id | self.users["agent"].partner_id | self.company.partner_id
        self.assertEqual(self._seen("plain", near), near)
        self.assertTrue(self._as("plain", self.buyer).read(["name", "phone"]))
        self.person.user_id = salesman
        self.assertTrue(self._as("plain", self.person).read(["phone"]))
        salesman.group_ids += self.env.ref("base.group_partner_manager")
        mine = self._as("plain", contacts).create({"name": "新客", "phone": "13612342222"})
        mine.write({"city": "东城"})
        self.assertEqual(mine.read(["phone"])[0]["phone"], "13612342222")

    def test_departments_see_no_more(self):
        """Other apps' rules open no outside contacts to departments."""
        everybody = self.person | self.holder | self.buyer
        self.assertFalse(self._seen("department", everybody))
        self.users["department"].group_ids += self.env.ref("water_service_desk.group_agent")
        self.assertEqual(self._seen("department", everybody), everybody)

    def test_every_row_of_ours_counts(self):
        """References make a contact a service customer, by an index; others follow."""
        counted = {table for table, _column in self.env["res.partner"]._water_links()}
        for name, model in self.env.items():
            if not name.startswith("water.") or model._abstract or model._transient:
                continue
            names = [f for f in model._fields.values() if f.comodel_name == "res.partner"]
            if any(field.store and field.type == "many2one" for field in names):
                with self.subTest(name):
                    self.assertTrue(model._table in counted or name in FOLLOWING)

    def test_asked_of_many_at_once(self):
        """Rights on a hundred contacts are asked for in as many queries as on one."""
        contacts = self.env["res.partner"].create([{"name": f"客{n}"} for n in range(100)])
        counts = []
        self._as("plain", contacts[0]).read(["name"])
        for some in (contacts[:1], contacts):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._as("plain", some).read(["name"])
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)
