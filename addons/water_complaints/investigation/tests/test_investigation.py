"""Facts before the conclusion: demands, finding, liability, a second person (S3.2.2)."""

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from .common import FactCommon


@tagged("post_install", "-at_install")
class TestInvestigation(FactCommon):
    def setUp(self):
        super().setUp()
        self.case = self._complaint_at("investigating")
        self.work = self._as("department", self.case)

    def _investigation(self, login="department", case=None, **values):
        values = {"complaint_id": (case or self.case).id, "purpose": "查抄表记录", **values}
        return self._as(login, self.env["water.investigation"]).create(values).with_env(self.env)

    def test_begins_at_once_and_shows(self):
        """Planned, begun, finished with words; the complaint says it too."""
        row = self._investigation(method="data")
        self.assertEqual((row.state, row.department_id), ("planned", self.net))
        self.assertEqual(row.planned_at, fields.Datetime.now())
        mine = self._as("department", row)
        mine.action_start()
        with self.assertRaisesRegex(UserError, "what the investigation showed"):
            mine.action_done()
        mine.finding = "抄见数是估的"
        mine.action_done()
        self.assertEqual((row.state, row.done_at), ("done", fields.Datetime.now()))
        self.assertEqual(self.case.investigation, "抄见数是估的")
        for kind in ("investigation_started", "investigation_done"):
            self.assertIn(kind, self._kinds(self.case))
        for call in (mine.action_start, mine.action_done, mine.action_cancel):
            with self.assertRefused("is over", mine):
                call()
        with self.assertRefused("is over", mine):
            mine.finding = "x"
        self.assertWhole(self.case)

    def test_several_one_after_the_other(self):
        """All findings appear in the complaint, in order, each once."""
        for finding in ("表在门外", "照片误读", "表在门外"):
            row = self._as("department", self._investigation())
            row.finding = finding
            row.action_done()
        self.assertEqual(self.case.investigation, "表在门外\n照片误读")

    def test_written_by_member_of_two_departments(self):
        """It belongs to the leading department; others cannot change it."""
        user = self.users["department"]
        user.water_department_ids = self.net | self.lab
        for first, second in ((self.net, self.lab), (self.lab, self.net)):
            first.sequence, second.sequence = 1, 2
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(first=first.code):
                self.assertEqual(user.water_department_ids[:1], first)
                row = self._investigation()
                self.assertEqual(row.department_id, self.net)
                row.investigator_id = self.users["supervisor"]
                self.assertFalse(self._as("department2", row)._may_work())
                self.assertTrue(self._as("department", row)._may_work())

    def test_departments_keep_to_their_own(self):
        """Joint handling: each reads what the other found, and works on its own alone."""
        self._dispatch(self.case, self.net, self.lab, login="agent")
        lead, helper = (
            self.case.dispatch_ids.filtered(
                lambda row, unit=unit: row.department_id == unit and row.state == "sent"
            )
            for unit in (self.net, self.lab)
        )
        self._as("department2", helper).action_accept()
        self._as("department", lead).action_accept()
        row = self._investigation("department2")
        self.assertEqual(row.department_id, self.lab)
        self.assertEqual(self._as("department", row).purpose, "查抄表记录")
        for call in (
            lambda: self._as("department", row).write({"finding": "x"}),
            self._as("department", row).action_start,
            lambda: self._investigation(
                "department",
                department_id=self.lab.id,
                investigator_id=self.users["department2"].id,
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        self._as("supervisor", row).action_start()
        self.assertEqual(row.state, "running")

    def test_person_concerned_does_not_investigate(self):
        case = self._complaint(person_complained_id=self.users["department"].id)
        acts.readback(self._as("agent", case))
        self._as("agent", case).action_handle()
        with self.assertRaisesRegex(UserError, "is concerned by the complaint"):
            self._investigation("agent", case, investigator_id=self.users["department"].id)

    def test_person_concerned_cannot_read_complaint(self):
        """Supervisors and those who answer for it are customers as well: others find out."""
        for login in ("supervisor", "department", "agent"):
            case = self._complaint_at("investigating")
            case.partner_id = self.users[login].partner_id
            mine = self._as(login, case)
            with self.subTest(login):
                with self.assertRaises(AccessError):
                    mine.action_plan_investigation()
                with self.assertRaises(AccessError):
                    mine.finding = "upheld"
                with self.assertRaisesRegex(UserError, "is concerned by the complaint"):
                    user = self.users[login]
                    self._investigation("manager", case, investigator_id=user.id)
                self._as("manager", case).finding = "upheld"

    def test_visit_of_the_case(self):
        """It may belong to a visit of this complaint only."""
        other = self._complaint_at("investigating")
        visits = self.env["water.visit"].sudo()
        slot = {"slot_from": self._later(hours=1), "slot_to": self._later(hours=2)}
        mine, theirs = (self._visit(visits, case, slot) for case in (self.case, other))
        self.assertEqual(self._investigation(visit_id=mine.id).visit_id, mine)
        with self.assertRaisesRegex(UserError, "belongs to another case"):
            self._investigation(visit_id=theirs.id)

    def _visit(self, visits, case, slot):
        return trusted(visits).create(
            {"complaint_id": case.id, "department_id": self.net.id, **slot}
        )

    # -- what a conclusion needs ----------------------------------------------------------

    def assertNotConcluded(self, words, call=None):
        with self.assertRaisesRegex(UserError, words):
            (call or self.work.action_verify)()
        self.assertEqual(self.case.state, "investigating")

    def test_demand_becomes_the_first_line(self):
        """A demand is listed once, however often it is investigated."""
        self.assertEqual(self.case.demand_ids.mapped("name"), [self.case.demand])
        self._as("agent", self.case).write({"state": "registered"})
        self._as("agent", self.case).action_handle()
        self.assertEqual(len(self.case.demand_ids), 1)

    def test_no_conclusion_without_facts(self):
        """Evidence, judged demands, liability: each is asked for in words, then it passes."""
        self.work.write({"investigation": "估抄", "finding": "upheld"})
        self.assertNotConcluded("choose the evidence")
        self.assertNotConcluded("judge the demand “按实际水量重新计费”")
        self.assertNotConcluded("choose who is liable")
        self._prove(self.work)
        self.work.liability = "company"
        self.assertNotConcluded("judge the demand")
        with self.assertRaisesRegex(ValidationError, "Name the rule"):
            self.work.demand_ids.verdict = "supported"
        self._judge(self.work)
        row = self._investigation()
        self.assertNotConcluded("finish the investigation “查抄表记录”")
        self._as("department", row).action_cancel()
        self.work.action_verify()
        self.assertEqual((self.case.state, self.case.validity), ("handling", "valid"))
        demand = self.case.demand_ids
        self.assertEqual(demand.judged_by_id, self.users["department"])
        judged = self.case.event_ids.filtered(lambda event: event.kind == "demand_judged")
        self.assertEqual(judged.payload["items"][0]["basis"], demand.basis)
        self.assertWhole(self.case)

    def test_struck_evidence_does_not_count(self):
        self._conclude(self.work)
        acts.strike(self._as("supervisor", self.case.evidence_ids), "表号不符")
        self.assertNotConcluded("choose the evidence")

    def test_foreign_evidence_does_not_count(self):
        other = self._complaint_at("investigating")
        foreign = self._evidence(other)
        with self.assertRaisesRegex(ValidationError, "of this complaint"):
            self.work.basis_evidence_ids = foreign

    def test_misfit_is_refused(self):
        """Finding, liability and judgement of the demands make sense together, or words say why."""
        self._conclude(self.work)
        for finding, liability, verdict, words in (
            ("not_upheld", "company", "rejected", "the company is not liable"),
            ("upheld", False, "supported", "choose who is liable"),
            ("partly", False, "partly", "choose who is liable"),
            ("upheld", "customer", "supported", "the customer alone has caused"),
            ("not_upheld", "customer", "supported", "yet each is supported"),
            ("upheld", "company", "rejected", "no demand is supported"),
        ):
            self._judge(self.work, verdict)
            self.work.write({"finding": finding, "liability": liability})
            with self.subTest(finding=finding, liability=liability, verdict=verdict):
                self.assertNotConcluded(words)
        for finding, liability, verdict, validity in (
            ("upheld", "company", "supported", "valid"),
            ("upheld", "third_party", "rejected", "invalid"),
            ("partly", "company", "partly", "valid"),
            ("partly", "customer", "rejected", "invalid"),
            ("not_upheld", "customer", "rejected", "invalid"),
            ("not_upheld", False, "partly", "invalid"),
        ):
            self._judge(self.work, verdict)
            self.work.write({"finding": finding, "liability": liability})
            with self.subTest(finding=finding, liability=liability, verdict=verdict):
                self.assertEqual(self.case._refusals("handling"), [])
                self.assertEqual(self.case.validity, validity)

    def test_shared_liability(self):
        """Shares make 100 percent among two or more; the main party has the largest."""
        for values, words in (
            ({"share_company": 60, "share_property": 30}, "100 percent"),
            ({"share_company": 100}, "two parties or more"),
            ({"share_company": 120, "share_property": -20}, "100 percent"),
            ({"share_company": 40, "share_property": 60}, "largest share"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                self.work.write({"liability": "company", "is_shared": True, **values})
        self._conclude(
            self.work,
            finding="partly",
            liability="property",
            is_shared=True,
            share_company=30,
            share_property=70,
        )
        self.assertEqual(self.case._shares(), {"company": 30, "property": 70})
        self.assertEqual(self.case.validity, "valid")
        self.work.finding = "not_upheld"
        self.assertNotConcluded("the company is not liable")

    def test_told_conclusion_is_kept(self):
        """The result stays unchanged until the customer rejects it."""
        case = self._complaint_at("notified")
        for values in (
            {"finding": "not_upheld"},
            {"liability": "customer"},
            {"basis_evidence_ids": False},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "was told"):
                self._as("agent", case).write(values)
        with self.assertRaisesRegex(UserError, "was told"):
            self._judge(self._as("agent", case), "rejected")
        acts.contest(self._as("agent", case), "不认可")
        self._judge(self._as("agent", case), "partly")
        self.assertEqual(case.demand_ids.verdict, "partly")

    def test_demands_are_judged_not_deleted(self):
        """A line that was split wrongly goes while it is not judged; by the desk, on record."""
        line = self._as("agent", self.env["water.complaint.demand"]).create(
            {"complaint_id": self.case.id, "name": "赔礼道歉"}
        )
        with self.assertRaises(AccessError):
            self._as("department", line).unlink()
        line.unlink()
        self.assertIn("demand_removed", self._kinds(self.case))
        self._judge(self.work)
        for login in ("agent", "manager", "su"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, self.case.demand_ids).unlink()


@tagged("post_install", "-at_install")
class TestReview(FactCommon):
    """Serious complaints: a person who did not investigate confirms the conclusion."""

    def setUp(self):
        super().setUp()
        self.case = self._complaint_at("investigating", severity="urgent")
        self.work = self._as("department", self.case)
        self._conclude(self.work)

    def test_second_person(self):
        """Neither the investigator nor the person complained of; then it continues."""
        self.assertTrue(self.case.needs_review)
        with self.assertRaisesRegex(UserError, "second person"):
            self.work.action_verify()
        self.assertFalse(self.work.can_review)
        for login in ("department", "agent"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, self.case).action_review()
        reviewer = self._as("quality", self.case)
        self.assertTrue(reviewer.can_review)
        reviewer.action_review()
        self.assertEqual(self.case.reviewed_by_id, self.users["quality"])
        self.assertFalse(reviewer.can_review)  # once
        event = self.case.event_ids.sorted("id")[-1]
        self.assertEqual(event.payload["evidence"], self.case.evidence_ids.mapped("checksum"))
        self.work.action_verify()
        self.assertEqual(self.case.state, "handling")
        self.assertWhole(self.case)

    def test_supervisor_who_investigated(self):
        """A supervisor who brought the evidence or wrote the finding is no second person."""
        self._prove(self._as("supervisor", self.case), meter_number="QH-9")
        with self.assertRaises(AccessError):
            self._as("supervisor", self.case).action_review()
        self._as("manager", self.case).finding = "partly"
        with self.assertRaises(AccessError):
            self._as("manager", self.case).action_review()

    def test_head_of_the_department(self):
        head = self.users["department2"]
        self.case.department_id.manager_id = head
        head.water_department_ids = self.case.department_id
        self.assertTrue(self._as("department2", self.case).can_review)
        self._as("agent", self.case).department_complained_id = self.case.department_id
        with self.assertRaises(AccessError):
            self._as("department2", self.case).action_review()

    def test_changed_conclusion_is_confirmed_anew(self):
        supervisor = self._as("supervisor", self.case)
        for change in (
            lambda: self.work.write({"finding": "partly"}),
            lambda: self.work.write({"liability": "property"}),
            lambda: self.work.write({"five_why": "因为排班过密"}),
            lambda: self._judge(self.work, "partly"),
            lambda: self._prove(self.work, meter_number="QH-2"),
        ):
            supervisor.action_review()
            self.assertTrue(self.case.reviewed_at)
            change()
            self.assertFalse(self.case.reviewed_at)
        self.assertIn("review_void", self._kinds(self.case))
        with self.assertRaisesRegex(UserError, "second person"):
            self.work.action_verify()

    def test_gaps_are_not_confirmed(self):
        self.work.basis_evidence_ids = False
        with self.assertRaisesRegex(UserError, "choose the evidence"):
            self._as("supervisor", self.case).action_review()

    def test_not_by_hand(self):
        for login in ("agent", "manager"):
            with self.subTest(login=login), self.assertRefused("kept by the system", self.case):
                self._as(login, self.case).write({"reviewed_at": fields.Datetime.now()})

    def test_ordinary_complaint_needs_none(self):
        case = self._complaint_at("investigating")
        self.assertFalse(case.needs_review)
        self._as("agent", case).own_claim = True
        self.assertTrue(case.needs_review)
