import base64
from itertools import product

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...base.files import keeps_files
from ...base.tests.common import WaterCommon
from ...base.trust import trusted

PROOF = b"86.40"


@tagged("post_install", "-at_install")
class TestFiles(WaterCommon):
    """Files of a case are added, never altered or removed."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        self.mine = self._as("agent", self.case)

    def _file(self, login="agent", **values):
        rows = self._as(login, self.env["ir.attachment"])
        return rows.create({"name": "bill.txt", "raw": PROOF, **values})

    def _kept(self, file):
        """For all rights."""
        other, admin = self._inquiry(), self.env.ref("base.user_admin")
        facts = ["name", "raw", "mimetype", "res_model", "res_id", "public"]
        before = file.sudo().read(facts)
        for mine in (file, file.with_user(admin), file.sudo()):
            for values in (
                {"raw": b"186.40"},
                {"datas": base64.b64encode(b"186.40")},
                {"db_datas": b"186.40"},
                {"name": "other.txt"},
                {"mimetype": "text/html"},
                {"res_id": other.id},
                {"res_model": False, "res_id": 0},
                {"public": True},
            ):
                with self.subTest(user=mine.env.user.login, su=mine.env.su, values=values):
                    with self.assertRaisesRegex(AccessError, "neither altered nor removed"):
                        mine.write(values)
                    self.assertEqual(file.sudo().read(facts), before)
            self._stays(mine)

    def _stays(self, file):
        with self.assertRaisesRegex(AccessError, "neither altered nor removed"):
            file.unlink()
        with self.assertRaisesRegex(AccessError, "neither altered nor removed"):
            file.sudo()._delete_and_notify()

    def test_value_of_case(self):
        file = self._file("agent2", res_model=self.case._name, res_id=self.case.id)
        self._kept(self._as("agent", file))

    def test_no_link_opens_a_file(self):
        """Former handlers have no address to read files later, or by others.

        A letter's own link opens the file to its outside recipient.
        """
        file = self._file(res_model=self.case._name, res_id=self.case.id)
        with self.assertRaises(AccessError):
            self._as("agent", file).generate_access_token()
        sent, shown = file.sudo().generate_access_token()[0], file._get_raw_access_token()
        public = self.env.ref("base.public_user")
        strangers = (self.users["plain"], self.users["department2"], public)
        for user, token in product(strangers, (sent, shown)):
            if user._is_internal() or token == shown:
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    self._found(user, file, token)
        self.assertEqual(self._found(public, file, sent), file)
        self.assertEqual(self._found(self.users["agent"], file, shown), file)
        name = {"module": "__export__", "name": "x", "model": file._name, "res_id": file.id}
        self.env["ir.model.data"].create(name)  # as an export gives it one
        binary = self.env["ir.binary"].with_user(self.users["plain"])
        with self.assertRaises(AccessError):
            binary._find_record("__export__.x", access_token=sent, field="raw")
        loose = self._file()
        self._as("agent", loose).generate_access_token()
        self.assertEqual(self._found(self.users["plain"], loose, loose.access_token), loose)

    def _found(self, user, file, token):
        self.env.invalidate_all()
        binary = self.env["ir.binary"].with_user(user)
        return binary._find_record(res_id=file.id, access_token=token, field="raw")

    def test_taken_back(self):
        """The uploader of a wrong file can withdraw it; the case records which."""
        file = self._file(res_model=self.case._name, res_id=self.case.id)
        self._stays(file.with_user(self.users["agent2"]))
        file.sudo()._delete_and_notify()  # as Odoo's route does
        self.assertFalse(file.exists())
        event = self.case.event_ids.filtered(lambda row: row.kind == "file_removed")
        self.assertEqual(list(event.payload["files"]), ["bill.txt"])
        self.assertWhole(self.case)
        shown = self._file(res_model=self.case._name, res_id=self.case.id)
        trusted(self.case.sudo()).published_attachment_ids += shown.sudo()
        self._stays(shown)

    def test_value_of_message(self):
        """Wherever it lies, also on another record that is no case."""
        loose = self._file(res_model="mail.compose.message", res_id=0)
        self.mine.message_post(body="账单见附件", attachment_ids=loose.ids)
        self._kept(loose)
        elsewhere = self._file(res_model="res.users", res_id=self.users["agent"].id)
        trusted(self.mine.message_post(body="见附件").sudo()).attachment_ids += elsewhere.sudo()
        self._kept(elsewhere)

    def test_value_of_field(self):
        """Files referred to as proof, even while the file itself has no record."""
        file = self._file()
        clock = trusted(self.case.sudo().deadline_ids[:1])
        clock.write({"breach_evidence_ids": [Command.set(file.ids)]})
        self._kept(file)

    def test_planted_in_a_field(self):
        """Files cannot be put into a field past the field, at once or by moving."""
        names = [
            (name, field.name)
            for name, model in self.env.registry.items()
            if keeps_files(self.env[name])
            for field in model._fields.values()
            if field.type == "binary" and field.store and field.attachment
        ]
        self.assertGreater(len(names), 3)
        for name, field in names:
            for login in ("agent", "quality", "manager"):
                with self.subTest(name, field=field, login=login):
                    self._plants(login, {"res_model": name, "res_id": 0, "res_field": field})

    def _plants(self, login, there):
        """Every way in which a file comes into a field is refused."""
        files = self._as(login, self.env["ir.attachment"])
        own = files.create({"name": "x.txt", "raw": b"x"})
        with self.assertRaises(AccessError):
            files.create({"name": "x.txt", "raw": b"x", **there})
        with self.assertRaises(AccessError):
            own.write(there)
        defaults = {f"default_{key}": value for key, value in there.items()}
        with self.assertRaises(AccessError):
            files.with_context(**defaults).create({"name": "x.txt"})

    def test_a_refusal_names_no_closed_file(self):
        """File names often contain the person's name."""
        file = self._file("agent2", res_model=self.case._name, res_id=self.case.id)
        for login, named in (("agent", "bill.txt"), ("plain", f"ir.attachment: {file.id}")):
            mine = self._as(login, file)
            for act in (
                mine.unlink,
                mine.sudo()._delete_and_notify,
                lambda f=mine: f.write({"name": "x"}),
            ):
                with self.subTest(login=login), self.assertRaises(AccessError) as refused:
                    act()
                self.assertIn(f"“{named}” is kept", str(refused.exception))

    def test_an_address_is_no_file(self):
        """A link changes, is in no sealed file, and leads outside."""
        there = {"res_model": self.case._name, "res_id": self.case.id}
        link = {"name": "x", "type": "url", "url": "https://example.test/", "raw": False}
        with self.assertRaisesRegex(UserError, "An address is no file"):
            self._file(**link, **there)
        files = self._as("agent", self.env["ir.attachment"]).with_context(default_type="url")
        with self.assertRaisesRegex(UserError, "An address is no file"):
            files.create({"name": "x", "url": "https://example.test/", **there})
        loose = self._file(**link, res_model="mail.compose.message", res_id=0)
        with self.assertRaisesRegex(UserError, "An address is no file"):
            self.mine.message_post(body="账单见附件", attachment_ids=loose.ids)
        self.assertTrue(self._file(**link, res_model="res.users", res_id=self.users["agent"].id))

    def test_before_it_is_sent(self):
        """A wrong file can be removed from an unsent message."""
        loose = self._file(res_model="mail.compose.message", res_id=0)
        loose.name = "water-bill.txt"
        loose.unlink()
        self.assertFalse(loose.exists())

    def test_served_and_stored_as_ever(self):
        """An address for it, and the same bytes elsewhere, are no change."""
        file = self._file(res_model=self.case._name, res_id=self.case.id)
        self.assertTrue(file.sudo().generate_access_token())
        file.sudo().write({"raw": PROOF, "mimetype": file.mimetype})
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        file.sudo()._migrate()
        self.assertEqual((file.raw, file.store_fname), (PROOF, False))

    def test_no_question_about_file(self):
        """Equal bytes do not reveal a closed file, not even its id."""
        values = {"name": "x", "datas": base64.b64encode(PROOF), "mimetype": "text/plain"}
        own = self._file()
        closed = self._file(login="quality")
        found = self._as("agent", self.env["ir.attachment"]).create_unique([values, values])
        self.assertEqual(found, own.ids * 2)
        self.assertEqual(closed.mimetype, values["mimetype"])
        fresh = self._as("agent2", self.env["ir.attachment"]).create_unique([values])
        self.assertFalse(set(fresh) & {*own.ids, *closed.ids})
        with self.assertRaises(AccessError):
            self._as("portal1", self.env["ir.attachment"]).create_unique([values])
