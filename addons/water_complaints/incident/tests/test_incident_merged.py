from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.request.tests.common import RequestCommon

from ...complaint.tests import acts
from .common import IncidentCommon


@tagged("post_install", "-at_install")
class TestIncidentMerged(IncidentCommon, RequestCommon):
    """An incident and the cases that are merged into those that hang on it."""

    def _over(self, incident):
        acts.restore(self._as("supervisor", incident), self._later(minutes=0), "已恢复供水。")
        self._broadcast()
        self.env.invalidate_all()

    def test_second_reporter_hears_and_reads_end(self):
        """News by mail to the customer of a merged repair, and the result on the page."""
        incident = self._open()
        place = {"zone_id": self.zone.id, "category_id": self._category("ot03").id}
        lead = self._repair(**place)
        case = self._repair(partner_id=self.customer2.id, email_from="w@example.com", **place)
        self._merge(case, lead)
        self._over(incident)
        self.assertEqual((lead.state, case.duplicate_of_id), ("closed", lead))
        self.assertIn("w@example.com", self._messages().mapped("address"))
        page = case.with_user(self.users["portal2"]).sudo()._portal_page()
        self.assertEqual(page["answer"], "已恢复供水。")

    def test_merged_case_keeps_it_open(self):
        """A claim or an illness does not end with the incident because another one is handled."""
        incident = self._open()
        for number, own in enumerate(
            ({"own_claim": True}, {"description": "孩子喝了水后腹泻，医院诊断肠炎"})
        ):
            lead, case = self._caller(number=number), self._caller(number=9 - number, **own)
            self._merge(case, lead)
            with self.subTest(own):
                self.assertIn(case.name, self._why_open(lead))
        self._over(incident)
        self.assertEqual(lead.state, "registered")

    def test_an_order_that_was_merged_keeps_it_open(self):
        incident = self._open()
        order = {"external_source": "12345", "external_ref": "I-1"}
        limit = self._later(days=3)
        lead = self._caller(number=1)
        case = self._caller(number=2, external_due_at=limit, **order)
        self._merge(case, lead)
        _wizard, lines = self._ending(incident)
        self.assertEqual([*lines], [lead])
        words = f"{case.name}: the order of another body is not answered yet"
        self.assertIn(words, lines[lead].reason)
        self._over(incident)
        self.assertEqual(lead.state, "registered")

    def test_the_matter_hangs_on_it_while_it_is_merged(self):
        incident = self._open()
        lead, case = self._caller(number=1, zone_id=False), self._caller(number=2)
        self._merge(case, lead)
        self.assertEqual(lead.incident_id, incident)
        acts.undo(self._as("supervisor", case), "不是一回事")
        self.assertFalse(lead.incident_id)

    def test_undone_its_limits_are_those_before(self):
        """A link to another matter's incident has no effect."""
        incident = self._open()
        late = self._later(minutes=30)
        lead = self._caller(number=1, zone_id=False)
        with freeze_time(late):
            self._sweep()
            case = self._caller(number=2)
            clocks = lead.deadline_ids
            facts = ("kind", "state", "due_at", "met_at", "is_pending")
            before = [[clock[name] for name in facts] for clock in clocks]
            self.assertIn("breached", clocks.mapped("state"))
            self._merge(case, lead)
            self.assertEqual(lead.incident_id, incident)
            self.assertNotEqual([[clock[name] for name in facts] for clock in clocks], before)
            acts.undo(self._as("supervisor", case), "不是一回事")
            self.env.invalidate_all()
        self.assertEqual([[clock[name] for name in facts] for clock in clocks], before)
        self.assertEqual(lead.deadline_ids, clocks)

    def _planned(self):
        with self._at("2026-03-09 08:00"):
            return self._open(
                kind_id=self._kind("planned").id,
                family_ids=False,
                plan_id=False,
                aware_at=local("2026-03-11 08:00"),
                announced_end_at=local("2026-03-11 18:00"),
            )

    def test_visit_to_patient_despite_outage(self):
        """Neither announced work nor the crew at the main brings water."""
        patient = {"code": "ot07", "description": "透析病人等水"}
        with self._at("2026-03-11 12:00"):
            planned = self._planned()
            case, other = self._caller(number=1, **patient), self._caller(code="ot02", number=2)
            self.assertEqual((case | other).incident_id, planned)
            self.assertEqual(self._clock(case, "on_site").state, "running")
            self.assertEqual(self._clock(case, "accept").state, "running")
            self.assertFalse(self._clock(other, "on_site").filtered(lambda c: c.state == "running"))
            trusted(planned).state = "closed"
            burst = self._open()
            case, other = self._caller(number=3, **patient), self._caller(number=4)
            self._as("supervisor", burst).action_arrived()
        self.assertEqual(self._clock(case, "on_site").state, "running")
        self.assertEqual(self._clock(other, "on_site").state, "met")

    def test_crew_is_awaited_after_leaving_planned_work(self):
        incident = self._planned()
        case = self._caller(code="ot02", number=1)
        self.assertEqual(case.incident_id, incident)
        self._as("agent", case).action_leave_incident()
        self.assertEqual(self._clock(case, "on_site").state, "running")

    def test_audience_counts_merged_and_unreachable_customers(self):
        """All recipients count, customers of merged cases too; those without contact do not."""
        incident = self._open()
        lead, case = self._caller(number=1), self._caller(number=2)
        self._caller(number=3, is_anonymous=True, contact_name=False, phone=False, email_from=False)
        self._merge(case, lead)
        self.assertEqual(incident._audience(), {"mail": 2, False: 1})
        acts.announce(self._as("supervisor", incident), "正在抢修。")
        self._broadcast()
        self.assertEqual(incident.notice_ids.contact_count, 3)
