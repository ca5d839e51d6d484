from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.incident.tests.common import IncidentCommon
from odoo.addons.water_service_desk.base.tests.common import local


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsIncidents(IncidentCommon):
    """Cases moving between incidents, and their open work at any end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.west = cls.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})

    def _burst(self, zone=None, **values):
        zone = zone or self.zone
        values = {"plan_id": False, "family_ids": False, "zone_ids": zone.ids, **values}
        return self._open(subject=f"{zone.name}停水", **values)

    def _planned(self, **values):
        return self._open(
            kind_id=self._kind("planned").id,
            subject="南湖路计划停水",
            family_ids=False,
            plan_id=False,
            aware_at=local("2026-03-13 08:00"),
            announced_end_at=local("2026-03-13 18:00"),
            **values,
        )

    def _say(self, incident, text):
        acts.announce(self._as("supervisor", incident), text)
        self._broadcast()
        self.env.invalidate_all()

    def _end(self, incident, moment):
        with at(moment):
            acts.restore(self._as("supervisor", incident), local(moment), "已恢复供水。")
            self._broadcast()
            self._sweep()
        self.env.invalidate_all()

    def _told(self, case, since):
        """Messages to the customer of a case since then."""
        mails = (self._messages() - since).mail_mail_id
        return " ".join(
            mails.filtered(lambda mail: case.email_from in (mail.email_to or "")).mapped(
                "body_html"
            )
        )

    # -- from one to another ---------------------------------------------------------------------

    def test_the_place_was_another_one(self):
        """The customer lives in the west: news come from there, and the case ends there."""
        east, west = self._burst(), self._burst(self.west)
        self._say(west, "西城十二点恢复。")
        case = self._caller(number=1)
        self.assertEqual(case.incident_id, east)
        before = self._messages()
        self._as("agent", case).zone_id = self.west
        self.env.invalidate_all()
        self.assertEqual(case.incident_id, west)
        self.assertIn("西城十二点恢复", self._told(case, before))
        before = self._messages()
        self._end(east, "2026-03-11 11:00")
        self.assertEqual((case.state, self._told(case, before)), ("registered", ""))
        self._end(west, "2026-03-11 12:00")
        self.assertEqual(case.state, "archived")
        self.assertWhole(case)

    def test_the_place_was_another_one_where_nothing_goes_on(self):
        """It does not end with an outage elsewhere, and a visit is made."""
        incident = self._burst()
        case = self._caller(number=1)
        self._as("agent", case).zone_id = self.west
        self.env.invalidate_all()
        self.assertTrue(self._clock(case, "on_site").is_pending)
        self._end(incident, "2026-03-11 12:00")
        self.assertEqual(case.state, "registered")
        self.assertWhole(case)

    def test_taken_out_and_hung_on_another(self):
        """Taken out of one by hand, it comes to the other where that goes on, and not back."""
        east, west = self._burst(), self._burst(self.west)
        case = self._caller(number=1)
        self._as("agent", case).action_leave_incident()
        self._as("agent", case).zone_id = self.west
        self.env.invalidate_all()
        self.assertEqual(case.incident_id, west)
        self._as("agent", case).zone_id = self.zone
        self.env.invalidate_all()
        self.assertFalse(case.incident_id & east)

    def test_moved_with_what_waits_in_it(self):
        """The customer's claim, illness and order stay, with any incident."""
        east, west = self._burst(), self._burst(self.west)
        order = {"external_source": "12345", "external_ref": "I-1"}
        cases = {
            "handle its own claim first": self._caller(number=1, own_claim=True),
            "it reports injury or illness": self._caller(
                number=2, description="停水后喝了脏水, 孩子呕吐腹泻住院"
            ),
            "the order of another body is not answered yet": self._caller(
                number=3, external_due_at=local("2026-03-18 12:00"), **order
            ),
        }
        for case in cases.values():
            self._as("agent", case).zone_id = self.west
        self.env.invalidate_all()
        for words, case in cases.items():
            with self.subTest(words):
                self.assertEqual(case.incident_id, west)
                self.assertIn(words, self._why_open(case))
        self._end(east, "2026-03-11 11:00")
        self._end(west, "2026-03-11 12:00")
        self.assertEqual({case.state for case in cases.values()}, {"registered"})
        self.assertTrue(all(case.deadline_ids.filtered("is_pending") for case in cases.values()))

    # -- called off ------------------------------------------------------------------------------

    def test_called_off_with_what_waits(self):
        """Pure questions are answered; own claims or illness keep their clocks."""
        incident = self._planned()
        self._say(incident, "13日计划停水。")
        asks, claims, ill = (
            self._caller(code="ot06", number=number, **values)
            for number, values in (
                (1, {}),
                (2, {"own_claim": True}),
                (3, {"description": "上次停水后老人晕倒受伤, 询问这次安排"}),
            )
        )
        self.assertEqual((asks | claims | ill).incident_id, incident)
        before = self._messages()
        with at("2026-03-12 09:00"):
            acts.dismiss(self._as("supervisor", incident), "寒潮延期")
            self._broadcast()
            self._sweep()
        self.env.invalidate_all()
        self.assertEqual(
            [case.state for case in (asks, claims, ill)], ["archived", "registered", "registered"]
        )
        for case in (asks, claims, ill):
            self.assertIn("寒潮延期", self._told(case, before))
        for case in (claims, ill):
            self.assertTrue(self._clock(case, "close").is_pending)
        self.assertWhole(asks | claims | ill)

    def test_called_off_and_the_water_is_gone(self):
        """A case kept open turns out to be a fault: a visit is made."""
        incident = self._planned()
        self._say(incident, "13日计划停水。")
        claims = self._caller(code="ot06", number=1, own_claim=True)
        with at("2026-03-12 09:00"):
            acts.dismiss(self._as("supervisor", incident), "寒潮延期")
            self._broadcast()
            self._sweep()
        with at("2026-03-12 10:00"):
            self.assertFalse(self._clock(claims, "on_site").filtered("is_pending"))
            values = {"severity": "emergency", "triage_reason": "整个小区没水"}
            self._as("agent", claims).write(values | {"category_id": self._category("ot03").id})
            self.env.invalidate_all()
            clock = self._clock(claims, "on_site").filtered("is_pending")
            self.assertLocal(clock.due_at, "2026-03-12 10:30")
        self.assertTrue(claims.own_claim)
        self.assertWhole(claims)

    # -- whom it is about ------------------------------------------------------------------------

    def test_complaint_about_incident_commander(self):
        """It does not end with the customer's own withdrawal."""
        incident = self._burst()
        case = self._caller(
            "agent2", code="ot05", number=1, person_complained_id=self.users["supervisor"].id
        )
        plain = self._caller("agent2", code="ot05", number=2)
        self.assertEqual(plain.incident_id, incident)
        self._end(incident, "2026-03-11 12:00")
        self.assertEqual((plain.state, case.state), ("archived", "registered"))
        self.assertTrue(self._clock(case, "close").is_pending)

    def test_a_complaint_about_a_unit_in_an_outage(self):
        """How the crew behaved is another matter than that the water is back."""
        incident = self._burst()
        case = self._caller("agent2", code="ot03", number=1)
        self._as("agent2", case).write(
            {"department_complained_id": self.net.id, "is_confidential": True}
        )
        self._end(incident, "2026-03-11 12:00")
        self.assertEqual(case.state, "registered")
