from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.trust import trusted

from .common import QualityCommon


@tagged("post_install", "-at_install")
class TestStaffDocument(QualityCommon):
    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        quality = cls.env["water.staff.document"].with_user(cls.users["quality"])
        cls.document = quality.create({"name": "服务规范", "code": "T-GF", "body": "<p>微笑</p>"})

    def _mails(self, login):
        partner = self.users[login].partner_id
        return self.env["mail.message"].search_count([("partner_ids", "=", partner.id)])

    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("water_quality.ir_cron_signatures").method_direct_trigger()

    def _file(self, login, name):
        """A file uploaded before there is a record it could belong to."""
        files = self._as(login, self.env["ir.attachment"])
        return files.create({"name": name, "raw": b"x"})

    def test_files_are_visible_with_their_record(self):
        """Not by their uploader alone."""
        self.document.attachment_ids = self._file("quality", "规范.pdf")
        self.document.action_put_in_force()
        values = {"name": "x", "leader_id": self.users["department"].id}
        drill = self._as("quality", self.env["water.drill"]).create(
            values | {"attachment_ids": self._file("quality", "签到.jpg").ids}
        )
        drill.participant_ids = self.users["department"]
        proof = self._file("supervisor", "回访.pdf")
        values = {"subject": "x", "owner_id": self.users["agent"].id, "proof_ids": proof.ids}
        action = self._as("supervisor", self.env["water.improvement"]).create(values)
        self.env.invalidate_all()
        for login, record, field in (
            ("agent", self.document, "attachment_ids"),
            ("department", drill, "attachment_ids"),
            ("quality", action, "proof_ids"),
        ):
            with self.subTest(record._name):
                self.assertTrue(self._as(login, record)[field].name)

    def test_all_staff_sign_each_version(self):
        heard = self._mails("agent")
        self.document.action_put_in_force()
        self.assertEqual(self._mails("agent"), heard + 1)
        mine = self._as("agent", self.document)
        self.assertFalse(mine.is_signed)
        mine.action_sign()
        mine.action_sign()  # a double click signs once
        self.assertTrue(mine.is_signed)
        signature = self.document.signature_ids
        self.assertEqual((signature.user_id, signature.version), (self.users["agent"], 1))
        self.assertNotIn(self.users["agent"], self.document.missing_ids)
        for login in ("agent2", "department", "supervisor", "quality", "manager"):
            self.assertIn(self.users[login], self.document.missing_ids, login)
        for login in ("foreign", "plain", "integration", "portal1"):
            self.assertNotIn(self.users[login], self.document.missing_ids, login)
        draft = self.document.browse(self.document.action_new_version()["res_id"])
        self.assertEqual((draft.version, draft.state, draft.body), (2, "draft", "<p>微笑</p>"))
        draft.body = "<p>微笑服务</p>"
        draft.action_put_in_force()
        self.assertEqual(self.document.state, "replaced")
        self.assertFalse(self._as("agent", draft).is_signed)
        self.assertEqual(self.document.signature_ids, signature)

    def test_in_force_is_not_edited(self):
        self.document.action_put_in_force()
        for values in ({"body": "x"}, {"name": "x"}, {"state": "draft"}, {"version": 3}):
            with (
                self.subTest(values=values),
                self.assertRefused("is not edited|kept by the system", self.document),
            ):
                self.document.write(values)
        with self.assertRefused("Only a draft", self.document):
            self.document.action_put_in_force()

    def test_division_of_work(self):
        with self.assertRaises(AccessError):
            self._as("agent", self.document).action_put_in_force()
        with self.assertRaises(AccessError):
            self._as("agent", self.document).action_sign()  # drafts are invisible to this user
        with self.assertRaisesRegex(UserError, "Only a standard in force"):
            self.document.action_sign()
        self.document.action_put_in_force()
        for login in ("plain", "portal1", "foreign"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, self.document).action_sign()

    def test_signature_is_kept(self):
        self.document.action_put_in_force()
        self.document.action_sign()
        signature = self.document.signature_ids
        for call in (
            lambda: signature.write({"signed_at": "2020-01-01 00:00:00"}),
            signature.unlink,
            lambda: signature.create({"document_id": self.document.id}),
            lambda: signature.sudo().with_context(water_trusted=1).unlink(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_one_signature_each(self):
        self.document.action_put_in_force()
        values = self.document._signature_values()
        signatures = self.env["water.staff.signature"]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                trusted(signatures).create([values, values])

    def test_reminded_every_week_until_signed(self):
        self.document.action_put_in_force()
        heard = self._mails("agent")
        for day, told in (("2026-03-17", 0), ("2026-03-18", 1), ("2026-03-19", 1)):
            with freeze_time(f"{day} 02:00:00"), self.subTest(day=day):
                self._cron()
                self.assertEqual(self._mails("agent"), heard + told)
        self._as("agent", self.document).action_sign()
        with freeze_time("2026-03-25 02:00:00"):
            self._cron()
        self.assertEqual(self._mails("agent"), heard + 1)

    def test_to_sign_filter(self):
        self.document.action_put_in_force()
        domain = [("signature_ids", "not any", [("user_id", "=", self.users["agent"].id)])]
        documents = self._as("agent", self.env["water.staff.document"])
        self.assertIn(self.document.id, documents.search(domain).ids)
        self._as("agent", self.document).action_sign()
        self.assertNotIn(self.document.id, documents.search(domain).ids)


@tagged("post_install", "-at_install")
class TestDrill(QualityCommon):
    def test_findings_become_a_corrective_action(self):
        with Form(self._as("quality", self.env["water.drill"])) as form:
            form.name = "主管爆裂夜间演练"
            form.leader_id = self.users["supervisor"]
            form.department_ids.add(self.net)
            form.findings = "通知用户晚 8 分钟"
        drill = form.record
        self.assertEqual(drill.participant_ids, self.net.member_ids)
        opened = drill.action_improve()
        actions = drill.env["water.improvement"].with_context(**opened["context"])
        with Form(actions) as form:
            form.subject = "用户通知慢"
        row = form.record
        self.assertEqual(
            (row.origin, row.cause, row.department_id), ("drill", drill.findings, self.net)
        )
        self.assertEqual(drill.improvement_ids, row)
        self.assertTrue(self._as("department", drill).read(["findings"]))
        with self.assertRaises(AccessError):
            self._as("agent", drill).read(["findings"])
