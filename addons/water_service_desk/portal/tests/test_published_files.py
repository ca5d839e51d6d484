import io

import pikepdf

from odoo.exceptions import ValidationError
from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...base.tests.common import WaterCommon
from ...base.trust import trusted
from ...intake.tests.upload_samples import document
from .common import InquiryPortalCase

#: Files of other records; a company has millions.
MANY = 20_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@tagged("post_install", "-at_install")
class TestPublishedFiles(InquiryPortalCase):
    """The desk shows files of a case to its customer one by one, and takes them back."""

    def setUp(self):
        super().setUp()
        self.case = self._as("agent", self._file())
        self.case.action_take()
        self.file = self._attach(self.case)

    def _attach(self, record):
        return self.env["ir.attachment"].create(
            {"name": "现场.txt", "raw": b"ok", "res_model": record._name, "res_id": record.id}
        )

    def test_shown_and_hidden(self):
        url = f"/my/inquiries/{self.case.id}/file/{self.file.id}"
        self.assertStatus(self.get(url), 404)
        self.case.published_attachment_ids = self.file
        self.assertEqual(self.get(url).content, b"ok")
        self.case.published_attachment_ids = False
        self.assertStatus(self.get(url), 404)
        self.assertEqual(self._kinds(self.case)[-2:], ["file_published", "file_hidden"])
        self.assertIn(self.file.checksum[:12], self.case.event_ids[:1].payload["note"])
        self.assertWhole(self.case)

    def test_an_empty_file(self):
        there = {"res_model": self.case._name, "res_id": self.case.id}
        empty = self.env["ir.attachment"].create({"name": "空.txt", **there})
        self.assertFalse(empty.checksum)
        self.case.published_attachment_ids = empty
        shown = self.case.event_ids.filtered(lambda event: event.kind == "file_published")
        self.assertEqual(shown.payload["note"], "空.txt ()")

    def test_upload_where_no_thread_is(self):
        """A customer who names what has no thread is told that it is not there."""
        self.sign_in()
        url, file = "/mail/attachment/upload", {"ufile": ("x.txt", b"x")}
        for model in ("mail.compose.message", "res.users", "nope"):
            data = {"thread_model": model, "thread_id": 1, "csrf_token": Request.csrf_token(self)}
            self.assertStatus(self.url_open(url, data, files=file), 404)

    def test_documents_without_their_author(self):
        """The customer does not read who of the staff wrote it; the case keeps it whole."""
        stream = io.BytesIO()
        with pikepdf.open(io.BytesIO(document(Bill=pikepdf.String("Bill 12")))) as pdf:
            pdf.docinfo["/Author"] = "Wang Fang"
            pdf.save(stream)
        paper = stream.getvalue()
        self.assertIn(b"Wang", paper)
        for content, status in ((paper, 200), (b"PK\x03\x04", 404)):
            kind = {200: "application/pdf", 404: DOCX}[status]
            file = self._attach(self.case)
            trusted(file.sudo()).write({"raw": content, "mimetype": kind, "name": "答复.pdf"})
            self.case.published_attachment_ids |= file
            with mute_logger("odoo.addons.water_service_desk.portal.controllers.portal_draft"):
                answer = self.get(f"/my/inquiries/{self.case.id}/file/{file.id}")
            self.assertStatus(answer, status)
            self.assertNotIn(b"Wang", answer.content)
            self.assertEqual(file.raw, content)
            if status == 200:
                self.assertIn(b"(Bill 12)", answer.content)
                self.assertEqual(answer.headers["Content-Type"], "application/pdf")
                self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_foreign_file_refused(self):
        for stranger in (self._attach(self.customer), self._attach(self._file())):
            with self.assertRaises(ValidationError):
                self.case.published_attachment_ids = stranger

    def test_department_does_not_publish(self):
        self._dispatch(self.case)
        with self.assertRefused("Only service agents", self.case):
            self._as("department", self.case).published_attachment_ids = self.file


@tagged("post_install", "-at_install")
class TestFilesOfACase(WaterCommon):
    """A case knows its own files without a look at all others, and shows none that it must not."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        self.file = self._attachment("现场.txt", self.case)
        self._as("agent", self.case).published_attachment_ids = self.file

    def _attachment(self, name, record=None):
        values = {"res_model": record._name, "res_id": record.id} if record else {}
        return self.env["ir.attachment"].create({"name": name, "raw": b"ok", **values})

    def _cost(self):
        """Queries of reading the case's files as an agent, and files looked at for it."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        case = self._as("agent", self.case)
        self.assertEqual(
            case.read(["published_attachment_ids"])[0]["published_attachment_ids"], self.file.ids
        )
        looked_at = self.env["ir.attachment"]._fields["res_model"]._get_cache(self.env)
        return self.env.cr.sql_log_count - before, len(looked_at)

    def test_cost_does_not_grow_with_all_files(self):
        self._cost()
        few = self._cost()
        self.env.cr.execute(
            "INSERT INTO ir_attachment (name, type, res_model, res_id, create_uid)"
            " SELECT 'x', 'binary', 'water.inquiry', %s, 1 FROM generate_series(1, %s)",
            [self._inquiry().id, MANY],
        )
        self.assertEqual(self._cost(), few)
        self.assertEqual(few[1], 1)

    def test_invisible_files(self):
        """Records added by another way are neither shown nor found by name."""
        secret = self._attachment("内部.txt")
        field = self.case._fields["published_attachment_ids"]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) VALUES (%s, %s)",
                *map(SQL.identifier, (field.relation, field.column1, field.column2)),
                self.case.id,
                secret.id,
            )
        )
        self.env.invalidate_all()
        case = self._as("agent", self.case)
        self.assertEqual(case.published_attachment_ids, self.file)
        self.env.invalidate_all()
        self.assertEqual(self.case.sudo().published_attachment_ids, secret + self.file)
        self.env.invalidate_all()
        for domain in (
            [("published_attachment_ids.name", "=", "内部.txt")],
            [("published_attachment_ids", "any", [("name", "=", "内部.txt")])],
            [("published_attachment_ids", "ilike", "内部.txt")],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(case.search(domain) & case)
        groups = case._read_group([("id", "=", case.id)], ["published_attachment_ids"])
        self.assertEqual(groups, [(self.file,)])
