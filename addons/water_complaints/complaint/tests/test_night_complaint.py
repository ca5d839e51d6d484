from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.request.tests.common import NIGHT, NightEmergencies

from .common import ComplaintPeople


@tagged("post_install", "-at_install")
@freeze_time(NIGHT)
class TestNightComplaint(ComplaintPeople, NightEmergencies):
    """Emergency complaints taken at night are notified at once, before they are dispatched."""

    def _taken(self, code, department, **values):
        department = self.env.ref(f"water_service_desk.department_{department}")
        department.on_call_user_ids = self.on_call["crew"]
        self.desk.on_call_user_ids = self.on_call["deskcall"]
        case = self._complaint(category_id=self._category(code).id, **values)
        self.assertEqual((case.severity, case.state), ("emergency", "registered"))
        self.assertFalse(case.dispatch_ids)
        return case

    def test_mass_outage_without_zone_calls_out_category_department(self):
        case = self._taken("ot03", "dsp")
        self.assertEqual(self._called_out(case), ["water_crew"])
        self.assertEqual(self._notices(case, 31), {"water_crew": 3})

    def test_mass_outage_calls_out_the_department_that_supports(self):
        case = self._taken("ot03", "net")
        self.assertEqual(self._called_out(case), ["water_crew"])

    def test_mass_outage_with_zone_calls_out_its_station(self):
        station = {"name": "城东站", "code": "STA", "on_call_user_ids": self.on_call["station"].ids}
        self.zone.department_id = self.env["water.department"].create(station)
        self._category("ot03").by_zone = True
        case = self._taken("ot03", "dsp", zone_id=self.zone.id)
        self.assertIn("water_station", self._called_out(case))
        self.assertNotIn("water_crew", self._called_out(case))
        self.assertEqual(self._notices(case, 5), {"water_station": 3})

    def test_suspected_poisoning_without_zone_calls_out_category_department(self):
        case = self._taken("wq05", "lab")
        self.assertEqual(self._called_out(case), ["water_crew"])
        self.assertEqual(self._notices(case, 31), {"water_crew": 3})

    def test_suspected_poisoning_with_zone_calls_out_category_department(self):
        case = self._taken("wq05", "lab", zone_id=self.zone.id)
        self.assertIn("water_crew", self._called_out(case))
        self.assertEqual(self._notices(case, 31), {"water_crew": 3})

    def test_emergency_complaint_without_on_call_list_reaches_supervisors(self):
        case = self._complaint(category_id=self._category("wq05").id)
        self.assertIn("water_supervisor", self._called_out(case))
        self.assertEqual(self._notices(case, 5)["water_supervisor"], 3)

    def test_undispatched_emergency_climbs_the_ladder_at_night(self):
        case = self._taken("wq05", "lab")
        self._notices(case, 31)
        steps = self.env["water.escalation.notice"].search(
            [("deadline_id", "in", case.deadline_ids.ids)]
        )
        missed = case.deadline_ids.filtered(lambda clock: clock.state == "breached")
        self.assertEqual(set(missed.mapped("kind")), {"accept", "dispatch", "on_site"})
        late = steps.filtered(lambda row: row.step_id.moment == "due")
        self.assertEqual(late.deadline_id, missed)
        self.assertEqual(late.user_id, self.on_call["crew"])
