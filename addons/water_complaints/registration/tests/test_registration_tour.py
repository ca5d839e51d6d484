"""Registration in a real browser: pick-up, read-back with a correction, merging and undoing."""

from odoo.tests import HttpCase, tagged

from ...complaint.tests.common import ComplaintPeople


@tagged("post_install", "-at_install")
class TestRegisterTour(ComplaintPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        cls.env["res.lang"]._activate_lang("en_US")  # the tour reads English words
        cls.users["agent"].lang = "en_US"

    def test_registers_merges_and_undoes(self):
        first = self._complaint(subject="Tour: first call", address="East Road 8")
        self.start_tour("/odoo/water-call", "water_registration_tour", login="water_agent")
        case = self.env["water.complaint"].search([("id", ">", first.id)], limit=1)
        self.assertEqual(case.verbatim, "Tour: second call. Still nobody has come!")
        self.assertEqual((case.readback_mode, case.state), ("spoken", "registered"))
        self.assertEqual(case.readback_correction, "It is number 9")
        kinds = self._kinds(case)
        self.assertLess(kinds.index("merged"), kinds.index("unmerged"))
        self.assertEqual(first.repeat_count, 0)
        self.assertWhole(case | first)
