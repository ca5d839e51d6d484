from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts

from ...complaint.tests.common import ComplaintCommon

ABOUT = "You cannot handle a complaint about yourself|to which .* belongs"


@tagged("post_install", "-at_install")
class TestDeputies(ComplaintCommon):
    """No deputies for complaints about the deputy or the deputy's unit."""

    def _deputy(self, case, login):
        acts.appoint_deputy(
            self._as("supervisor", case), self.users[login], self._later(days=3), "休假"
        )

    def test_person_concerned_cannot_be_deputy(self):
        """Neither the person nor, if delicate, the unit: not appointed, nor found later."""
        agent2, hall = self.users["agent2"], self.env.ref("water_service_desk.department_csc")
        about_him = {"person_complained_id": agent2.id}
        about_unit = {"department_complained_id": hall.id, "category_id": self._category("st01").id}
        hall.member_ids += agent2
        for about in (about_him, about_unit):
            case = self._complaint_at("confirmed", "agent", self.lab)
            case.first_responsible_id.water_department_ids -= hall
            self._deputy(case, "agent2")
            with self.subTest(about=about), self.assertRefused(ABOUT, case):
                self._as("supervisor", case).write(about)
            self._as("supervisor", case).action_end_deputy()
            self._as("supervisor", case).write(about)
            with self.subTest(about=about), self.assertRefused(ABOUT, case):
                self._deputy(case, "agent2")

    def test_deputy_who_joins_the_unit(self):
        """Returned cases do not come to the person concerned, nor stay with the unit."""
        hall = self.env.ref("water_service_desk.department_csc")
        hall.member_ids -= self.users["agent"] | self.users["agent2"]
        about = {"department_complained_id": hall.id, "category_id": self._category("st01").id}
        case = self._complaint("agent", **about)
        self._step_dispatched(case, "agent", self.lab)
        self._deputy(case, "agent2")
        hall.member_ids += self.users["agent2"]
        acts.reject(self._as("department2", self._lead(case)), "不属于我科")
        self.assertEqual(case.user_id, self.users["agent"])
        self.assertFalse(case.acting_responsible_id)
        self.assertIn("deputy_ended", case.event_ids.mapped("kind"))
