"""The checklist of the archive in a real browser."""

from odoo.tests import HttpCase, tagged

from ...complaint.tests.common import ComplaintPeople


@tagged("post_install", "-at_install")
class TestArchiveTour(ComplaintPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls.env["res.lang"]._activate_lang("en_US")  # the tour reads English words
        cls.users["quality"].lang = "en_US"

    def test_quality_archives_by_the_checklist(self):
        case = self._complaint_at("callback")
        url = f"/odoo/water-complaints/{case.id}"
        self.start_tour(url, "water_complaint_archive_tour", login="water_quality")
        case.invalidate_recordset()
        self.assertEqual(case.state, "archived")
        self.assertTrue(case.archive_number)
