from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts

from .common import MergeCommon


@tagged("post_install", "-at_install")
class TestUnmergePeople(MergeCommon):
    """Undoing a merge does not return the case to a barred person."""

    def _merged(self, state="investigating", **values):
        lead = self._complaint_at("investigating", department=self.lab, **values)
        case = self._complaint_at(state, "agent2", partner_id=self.customer2.id, address="x")
        self._merge(case, lead)
        return case, lead

    def test_not_to_the_unit_it_is_about(self):
        """Found out while it was merged: the unit neither gets it back nor reads it."""
        case, _lead = self._merged()
        about = {"department_complained_id": self.net.id, "is_confidential": True}
        self._as("agent2", case).write(about)
        self._undo(case)
        self.assertFalse(case.dispatch_ids.filtered(lambda row: row.state in ("sent", "accepted")))
        self.assertNotIn(case.user_id, self.net.member_ids)
        with self.assertRaises(AccessError):
            self._as("department", case).check_access("read")
        self.assertEqual((case.state, case.user_id), ("registered", self.users["agent2"]))
        self.assertWhole(case)

    def test_not_to_the_person_it_is_about(self):
        """A handler later complained of; the case returns to the desk."""
        case, _lead = self._merged()
        self.assertEqual(case.user_id, self.users["department"])
        self._as("supervisor", case)._replace_responsible(
            self.users["agent2"], "投诉他本人", self.users["department"]
        )
        self.env.invalidate_all()
        self._undo(case)
        self.assertEqual(case.state, "investigating")
        self.assertNotEqual(case.user_id, self.users["department"])

    def test_not_to_former_employee(self):
        case, _lead = self._merged()
        self.users["department"].active = False
        self._undo(case)
        self.assertNotEqual(case.user_id, self.users["department"])
        self.assertTrue(case.user_id.active)

    def test_not_to_former_head(self):
        case, _lead = self._merged()
        self.users["department"].water_department_ids = self.lab
        self._undo(case)
        self.assertNotEqual(case.user_id, self.users["department"])

    def test_not_what_was_erased(self):
        """An erased customer has no open case again."""
        case, lead = self._inquiry(), self._inquiry()
        self._merge(case, lead)
        acts.erase(case.sudo(), "本人要求")
        with self.assertRaisesRegex(AccessError, "doesn't have 'write' access"):
            self._undo(case)
        self.assertEqual(case.state, "merged")
