import base64
import io
import json
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...base.tests.common import WaterCommon, local
from ...base.trust import trusted

NAME, PHONE, MAIL = "欧阳水清", "13612349876", "ouyang@customer.example"
OTHER, OTHER_PHONE = "司马邻居", "13799998888"


@tagged("post_install", "-at_install")
class TestPackage(WaterCommon):
    """People get all data about themselves, and none about others (PIPL art. 45)."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contacts = cls.env["res.partner"]
        cls.person = contacts.create({"name": NAME, "phone": PHONE, "email": MAIL})
        cls.other = contacts.create({"name": OTHER, "phone": OTHER_PHONE})
        cls.env["water.account"].create(
            {"code": "30003", "partner_id": cls.person.id, "address": "东城路8号"}
        )

    def setUp(self):
        super().setUp()
        self.case = self._inquiry(
            partner_id=self.person.id,
            verbatim=f"我是{NAME}，电话 {PHONE}；邻居的电话是 {OTHER_PHONE}",
        )
        self.case.message_post(body="内部：此人难缠", author_id=self.users["agent"].partner_id.id)
        self.case._take_message("我下午在家")
        file = self.env["ir.attachment"].create(
            {
                "name": "水表 1.txt",
                "raw": b"123",
                "res_model": self.case._name,
                "res_id": self.case.id,
            }
        )
        self.case._publish(file)
        trusted(self.env["water.message"]).create(
            {
                "inquiry_id": self.case.id,
                "subject": "x",
                "medium": "sms",
                "address": PHONE,
                "partner_id": self.person.id,
                "body": f"{NAME}您好，{self.users['agent'].name}为您服务",
            }
        )
        self.foreign = self._inquiry(partner_id=self.other.id, subject="别人的事")
        self.env.flush_all()
        self.env.invalidate_all()

    def _wizard(self, login, note="本人来电，已回拨核实"):
        wizards = self._as(login, self.env["water.package.wizard"]).with_context(
            active_model="res.partner", active_id=self.person.id
        )
        return wizards.create({"note": note})

    def test_package(self):
        """Contact, account, case, words, messages and files; others masked; and on the log."""
        wizard = self._wizard("manager")
        action = wizard.action_make()
        self.assertEqual(action["res_id"], wizard.id)
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.file))) as package:
            names = package.namelist()
            page, data = package.read("data.html").decode(), package.read("data.json").decode()
            (file,) = [name for name in names if name.startswith("files/")]
            self.assertEqual(package.read(file), b"123")
        for text in (page, data):
            for his in (NAME, PHONE, MAIL, "30003", self.case.name, "我下午在家", "您好"):
                self.assertIn(his, text)
            for foreign in (OTHER, OTHER_PHONE, "别人的事", "此人难缠", self.users["agent"].name):
                self.assertNotIn(foreign, text)
        sections = {one["model"]: one["rows"] for one in json.loads(data)["sections"]}
        self.assertEqual(len(sections["water.inquiry"]), 1)
        reached = {row["address"] for row in sections["water.message"]}
        self.assertIn(PHONE, reached)
        self.assertIn("东城路8号", sections["water.account"][0]["address"])
        log = self.env["water.privacy.log"].search([("kind", "=", "package")])
        self.assertRecordValues(log, [{"user_id": self.users["manager"].id}])
        self.assertIn("已回拨核实", log.note)
        self.assertFalse(NAME in log.note or NAME in log.record_name)
        self.assertIn(f"{wizard.asked_on}–{wizard.due_on}", log.note)

    def test_further_addresses(self):
        """Data entered on the own pages is included."""
        place = {"type": "delivery", "name": "女儿家", "street": "西湖路9号"}
        self.env["res.partner"].create({**place, "parent_id": self.person.id})
        wizard = self._wizard("manager")
        wizard.action_make()
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.file))) as package:
            self.assertIn("西湖路9号", package.read("data.json").decode())

    def test_moments_are_those_that_he_was_told(self):
        """In local time of the home; a UTC reader was never there."""
        trusted(self.case).received_at = local("2026-03-10 08:05")
        wizard = self._wizard("manager")
        wizard.action_make()
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.file))) as package:
            page, data = package.read("data.html").decode(), package.read("data.json").decode()
        made = json.loads(data)
        rows = {one["model"]: one["rows"] for one in made["sections"]}
        self.assertEqual(rows["water.inquiry"][0]["received_at"], "2026-03-10 08:05")
        self.assertIn("2026-03-10 08:05", page)
        self.assertEqual(made["time_zone"], "Asia/Shanghai")

    def test_words_are_no_page(self):
        """Written text is shown as text, never executed."""
        self.case.sudo().description = "<script>alert(1)</script>"
        wizard = self._wizard("manager")
        wizard.action_make()
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(wizard.file))) as package:
            self.assertNotIn("<script>", package.read("data.html").decode())

    def test_who(self):
        """Privacy officers only, who record the request; other users cannot read the dialog."""
        for login in ("agent", "supervisor", "quality", "department", "plain"):
            with self.subTest(login), self.assertRaises(AccessError):
                self._wizard(login).action_make()
        with self.assertRaisesRegex(UserError, "Say who asked"):
            self._wizard("manager", " ").action_make()
        wizard = self._wizard("manager")
        wizard.action_make()
        with self.assertRaises(AccessError):
            self._as("foreign", wizard).read(["file"])
        self.users["quality"].group_ids += self.env.ref("water_service_desk.group_privacy")
        with self.assertRaises(AccessError):
            self._as("quality", wizard).read(["file"])

    def test_closed_to_officer(self):
        """A package is whole or not made: a case of another company needs its own officer."""
        self._inquiry("foreign", partner_id=self.person.id, company_id=self.company2.id)
        with self.assertRaisesRegex(UserError, "closed to you"):
            self._wizard("manager").action_make()
