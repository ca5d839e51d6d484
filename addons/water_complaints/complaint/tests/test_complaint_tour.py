"""The board in a real browser: a refused drag, the read-back and the dispatch."""

from odoo.tests import HttpCase, tagged

from .common import ComplaintPeople


@tagged("post_install", "-at_install")
class TestBoardTour(ComplaintPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls.env["res.lang"]._activate_lang("en_US")  # the tour reads English words
        cls.users["agent"].lang = "en_US"

    def test_agent_reads_back_and_dispatches(self):
        case = self._complaint(
            subject="Tour: low pressure",
            demand="Restore the pressure",
            category_id=self._category("pr01").id,
        )
        self._complaint(subject="Another matter")  # its card tells when the search is done
        self.start_tour("/odoo/water-complaints", "water_complaint_board_tour", login="water_agent")
        case.invalidate_recordset()
        self.assertEqual(case.state, "dispatched")
        self.assertTrue(case.readback_at)
        self.assertEqual(case.readback_by_id, self.users["agent"])
        lead = case.dispatch_ids.filtered(lambda row: row.role == "lead")
        self.assertEqual((lead.state, lead.department_id), ("sent", case.department_id))
        self.assertWhole(case)
