from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...portal.tests.common import InquiryPortalCase


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

    def test_foreign_file_refused(self):
        for stranger in (self._attach(self.customer), self._attach(self._file())):
            with self.assertRaises(ValidationError):
                self.case.published_attachment_ids = stranger

    def test_department_does_not_publish(self):
        self._dispatch(self.case)
        with self.assertRaises(UserError):
            self._as("department", self.case).published_attachment_ids = self.file
