from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestArchiveReader(ArchiveCommon):
    """Access to sealed files."""

    def test_readers(self):
        """Quality and managers may open it, with an entry in the privacy log; others may not."""
        case = self._archived()
        archive, content = self._sealed(case)
        logs = self.env["water.privacy.log"]
        before = logs.search([])
        for login in ("quality", "manager"):
            name, given = self._as(login, archive)._download()
            self.assertEqual(given, content)
            self.assertIn(case.archive_number, name)
        log = logs.search([]) - before
        self.assertEqual(log.user_id, self.users["quality"] | self.users["manager"])
        self.assertEqual(set(log.mapped("complaint_id.id")), {case.id})
        file = self.env["ir.attachment"].search(
            [("res_model", "=", "water.archive"), ("res_field", "=", "file")]
        )
        for login in ("agent", "department", "supervisor", "plain", "portal1", "quality"):
            with self.subTest(login=login):
                if login != "quality":
                    with self.assertRaises(AccessError):
                        self._as(login, archive)._download()
                with self.assertRaises(AccessError):
                    self._as(login, archive).read(["file"])
                with self.assertRaises(AccessError):
                    self._as(login, file).read(["raw"])

    def test_the_person_complained_of(self):
        """The person complained of cannot open the sealed file, in every role."""
        self.users["quality2"] = self._new_user("quality2", "water_service_desk.group_quality")
        case = self._archived(person_complained_id=self.users["quality2"].id)
        archive, __ = self._sealed(case)
        with self.assertRaises(AccessError):
            self._as("quality2", archive)._download()
        self.assertTrue(self._as("privacy", archive)._download())


@tagged("post_install", "-at_install")
class TestArchiveHttp(ArchiveCommon, HttpCase):
    def test_download(self):
        case = self._archived()
        archive, content = self._sealed(case)
        for login, status in (("quality", 200), ("agent", 404), ("department", 404)):
            user = self.users[login].login
            self.authenticate(user, user)
            answer = self.url_open(f"/water/archive/{archive.id}")
            with self.subTest(login=login):
                self.assertEqual(answer.status_code, status)
                self.assertEqual(answer.content == content, status == 200)
        self.authenticate(None, None)
        answer = self.url_open(f"/water/archive/{archive.id}", allow_redirects=False)
        self.assertNotEqual(answer.status_code, 200)
