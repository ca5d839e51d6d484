"""A month is closed, and a department objects to a deduction and wins, in a real browser."""

from odoo.tests import HttpCase, tagged

from .common import AssessmentCommon


@tagged("post_install", "-at_install")
class TestAssessmentTour(AssessmentCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.lang = "en_US"  # the tours read English words

    def _tour(self, path, name, login):
        self.start_tour(f"/odoo/{path}", name, login=f"water_{login}")
        self.env.invalidate_all()

    def test_department_objects_and_wins(self):
        """With a reason; an uninvolved person strikes the deduction out, and it counts."""
        assessment = self._published()
        line, entry = self._line(assessment), self._entries(assessment)
        before = line.score
        self._tour(f"water-my-assessments/{line.id}", "water_objection_tour", "department")
        objection = line.objection_ids
        self.assertEqual((objection.entry_id, objection.state), (entry, "open"))
        self.assertEqual(objection.filed_by_id, self.users["department"])
        path = f"water-assessment-objections/{objection.id}"
        self._tour(path, "water_objection_allowed_tour", "manager")
        self.assertEqual((objection.state, entry.state), ("allowed", "struck"))
        self.assertEqual(objection.answer, "Tour: the call is on record")
        self.assertGreater(line.score, before)
