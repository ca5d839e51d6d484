from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...base.tests.common import WaterCommon

PHONE, MAIL = "13612349876", "ouyang@customer.example"
#: Rows that name a contact whom a case or an account names as well.
FOLLOWING = {"water.incident.contact", "water.account.event", "water.api.customer"}


@tagged("post_install", "-at_install")
class TestOtherApps(WaterCommon):
    """Whoever has no role of ours reads no customers of the service; the rest is as it was."""

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
        """Neither read, nor found by number, nor proposed while somebody types, nor written."""
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

    def test_what_goes_with_them(self):
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

    def test_ordinary_work(self):
        """A salesman has his customers, himself, his colleagues and the company."""
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
        """The rule of other apps opens nothing to departments: no contact from outside."""
        everybody = self.person | self.holder | self.buyer
        self.assertFalse(self._seen("department", everybody))
        self.users["department"].group_ids += self.env.ref("water_service_desk.group_agent")
        self.assertEqual(self._seen("department", everybody), everybody)

    def test_every_row_of_ours_counts(self):
        """Whatever names a contact makes him one of ours, by an index; the rest follows others."""
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
