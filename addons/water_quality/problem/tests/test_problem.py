from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

#: when the complaints came, by the clock of Shanghai
RECEIVED = ("2026-02-12 00:00", "2026-02-20 10:00", "2026-03-01 09:00", "2026-03-10 10:00")


@tagged("post_install", "-at_install")
class TestProblem(ComplaintCommon):
    """Complaints that are alike become a problem; whether it is solved say the figures."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["water.problem.rule"].search([]).active = False
        cls.env["water.problem"].search([]).complaint_ids = False
        cls.zone = cls.env["water.zone"].create({"name": "Z", "code": "Z-1"})
        cls.cause = cls.env["water.cause"].create({"name": "C", "code": "C-1"})
        cls.net.manager_id = cls.users["department"]
        cls.cases = cls.env["water.complaint"].create(
            [
                cls._complaint_values(zone_id=cls.zone.id, department_id=cls.net.id)
                for _at in RECEIVED
            ]
        )
        trusted(cls.cases).cause_id = cls.cause
        cls.env.flush_all()
        for case, at in zip(cls.cases, RECEIVED, strict=True):
            cls._received(case, at)
        cls.rule = cls.env["water.problem.rule"].create(
            {"name": "R", "alike": "cause_zone", "number": 4, "days": 27}
        )

    @classmethod
    def _received(cls, case, at):
        query = "UPDATE water_complaint SET received_at = %s WHERE id = %s"
        cls.env.cr.execute(query, (local(at), case.id))
        cls.env.invalidate_all()

    def _proposed(self):
        self._trigger("water_quality.ir_cron_problems")
        return self.env["water.problem"].search([("cause_id", "=", self.cause.id)])

    def _in_measures(self):
        """A problem with one measure that is done and verified; its owner is the department."""
        problem = self._proposed()
        mine = self._as("department", problem)
        mine.analysis = "表龄超过十年"
        mine.action_analysed()
        action = self._as("quality", problem).action_measure()
        context = action["context"]
        measure = self._as("quality", self.env["water.improvement"]).with_context(**context)
        measure = self.env["water.improvement"].browse(measure.create({}).id)
        mine.action_start()
        work = self._as("department", measure)
        work.action_start()
        proof = self.env["ir.attachment"].create({"name": "x.txt", "raw": b"x"})
        trusted(work.sudo()).write(
            {"cause": "x", "measures": "x", "result": "x", "proof_ids": [(4, proof.id)]}
        )
        work.action_done()
        check = self._as("supervisor", measure)
        check.effect = "现场抽查"
        check.action_verify()
        return problem

    def test_proposed_to_the_second(self):
        """The first day of the span counts from its midnight by the company's clock."""
        problem = self._proposed()
        self.assertEqual(problem.complaint_ids, self.cases)
        self.assertEqual(
            (problem.owner_id, problem.department_id), (self.users["department"], self.net)
        )
        self.assertEqual((problem.state, problem.rule_id), ("open", self.rule))
        self.assertRegex(problem.name, "^WT")
        self.assertEqual(self._as("quality", self.cases[0]).problem_count, 1)

    def test_a_second_earlier_is_outside(self):
        self._received(self.cases[0], "2026-02-11 23:59")
        self.assertFalse(self._proposed())

    def test_uncounted_is_no_repetition(self):
        self.cases[1].write({"zone_id": False})
        self.assertFalse(self._proposed())
        self.cases[1].write({"zone_id": self.zone.id})
        trusted(self.cases[3]).is_follow_up = True  # the same matter under another number
        self.assertFalse(self._proposed())
        trusted(self.cases[3]).is_follow_up = False
        self._as("supervisor", self.cases[2]).write(
            {"state": "withdrawn", "end_reason": "客户要求"}
        )
        self.assertFalse(self._proposed())

    def test_categories_and_findings_narrow_it(self):
        self.rule.category_ids = self._category("wq")
        self.assertFalse(self._proposed())
        self.rule.category_ids = self.cases.category_id.parent_id
        self.rule.is_upheld_only = True
        self.assertFalse(self._proposed())
        trusted(self.cases).finding = "upheld"
        self.assertTrue(self._proposed())

    def test_later_ones_join_and_none_is_proposed_twice(self):
        problem = self._proposed()
        another = self._complaint(zone_id=self.zone.id)
        trusted(another).cause_id = self.cause
        self.assertEqual(self._proposed(), problem)
        self.assertEqual(problem.complaint_ids, self.cases | another)

    def test_dismissed_until_it_repeats_anew(self):
        problem = self._proposed()
        mine = self._as("supervisor", problem)
        with self.assertRaisesRegex(UserError, "fill in first"):
            mine.action_dismiss()
        mine.dismissal = "偶然"
        mine.action_dismiss()
        self.assertEqual(self._proposed(), problem)
        with self.assertRaisesRegex(UserError, "past that"):
            mine.subject = "x"

    def test_entered_by_hand(self):
        problems = self._as("quality", self.env["water.problem"])
        with self.assertRaisesRegex(ValidationError, "what repeats"):
            problems.create({"subject": "x"})
        row = problems.create({"subject": "x", "cause_id": self.cause.id})
        with self.assertRaises(AccessError):
            self._as("agent", self.env["water.problem"]).create({"subject": "x"})
        with self.assertRaises(AccessError):
            row.write({"state": "closed"})
        self.cases[0].person_complained_id = self.users["agent2"]
        with self.assertRaisesRegex(ValidationError, "about this owner"):
            row.write(
                {"owner_id": self.users["agent2"].id, "complaint_ids": [(4, self.cases[0].id)]}
            )

    def test_hidden_from_whom_a_complaint_is_about(self):
        problem = self._proposed()
        self.cases[0].person_complained_id = self.users["supervisor"]
        mine = self._as("supervisor", self.env["water.problem"])
        self.assertNotIn(problem.id, mine.search([]).ids)
        others = self._as("foreign", self.env["water.problem"])
        self.assertNotIn(problem.id, others.search([]).ids)

    def test_its_way(self):
        problem = self._proposed()
        mine = self._as("department", problem)
        with self.assertRaisesRegex(UserError, "fill in first"):
            mine.action_analysed()
        with self.assertRaises(AccessError):
            mine.subject = "x"
        mine.analysis = "表龄超过十年"
        mine.action_analysed()
        with self.assertRaises(AccessError):
            mine.action_measure()
        with self.assertRaisesRegex(UserError, "measure first"):
            mine.action_start()
        with self.assertRaisesRegex(UserError, "fixed once"):
            self._as("quality", problem).zone_id = False

    def test_effect_by_the_figures_before_and_after(self):
        problem = self._in_measures()
        self.assertEqual(problem.turned_on.isoformat(), "2026-03-11")
        self.assertRegex(problem.before_text, "0.7 .4 from 2025-09-12 to 2026-03-10")
        self.assertEqual(problem.after_text, "–")
        judge = self._as("quality", problem)
        with freeze_time("2026-04-09 15:59:59"), self.assertRaisesRegex(UserError, "29 days"):
            judge.action_judge()
        with freeze_time("2026-04-09 16:00:00"):
            problem.invalidate_recordset()
            self._received(self.cases[3], "2026-03-11 00:00")
            self.assertRegex(problem.after_text, "1.0 .1 from 2026-03-11 to 2026-04-09")
            with self.assertRaisesRegex(UserError, "fill in first"):
                judge.action_judge()
            with self.assertRaises(AccessError):
                self._as("department", problem).judgement = "works"
            judge.write({"judgement": "works", "effect": "由四件降为一件"})
            judge.action_judge()
            with self.assertRaises(AccessError):
                judge.action_close()
            self.assertFiguresStay(problem)
            self._as("manager", problem).action_close()
        trusted(self.cases[3]).leaves_figures = True
        self.assertFiguresStay(problem)
        self.assertEqual(problem.state, "closed")

        mine = self._as("department", problem)
        self.assertRegex(mine.after_text, "1.0 .1 ")
        with self.assertRaises(AccessError):
            mine.read(["figures"])  # they name complaints this user cannot see

    def assertFiguresStay(self, problem):
        """A further complaint does not change the judgement; its cases are fixed."""
        self._received(self.cases[2], "2026-03-20 00:00")
        problem.invalidate_recordset()
        self.assertRegex(problem.after_text, "1.0 .1 ")
        self.assertEqual(problem.figures["after"]["ids"], self.cases[3].ids)
        self.assertEqual(len(problem.figures["before"]["ids"]), 3)

    def test_analyst_cannot_judge(self):
        """A former owner cannot close it either."""
        problem = self._proposed()
        problem.owner_id = self.users["quality"]
        mine = self._as("quality", problem)
        mine.analysis = "表龄超过十年"
        mine.action_analysed()
        mine.owner_id = self.users["department"]
        trusted(problem).state = "measures"
        self.assertFalse(mine.can_judge)
        with self.assertRaisesRegex(AccessError, "took no part in it"):
            mine.action_judge()
        trusted(problem).state = "judged"
        self.assertFalse(mine.can_close)
        with self.assertRaisesRegex(AccessError, "took no part in it"):
            mine.action_close()

    def test_open_measures_and_no_effect(self):
        problem = self._in_measures()
        trusted(problem.measure_ids).state = "done"
        judge = self._as("quality", problem)
        with freeze_time("2026-05-01"), self.assertRaisesRegex(UserError, "not verified"):
            judge.action_judge()
        trusted(problem.measure_ids).state = "verified"
        with freeze_time("2026-05-01"):
            judge.write({"judgement": "none", "effect": "没有下降"})
            judge.action_judge()
            with self.assertRaisesRegex(UserError, "analyse it anew"):
                self._as("manager", problem).action_close()
            self._as("manager", problem).action_again()
        self.assertEqual((problem.state, problem.judgement), ("open", False))
        with self.assertRaisesRegex(ValidationError, "no measures at this step"):
            self.env["water.improvement"].create({"subject": "x", "problem_id": problem.id})

    def test_review_and_decisions(self):
        review = self._as("quality", self.env["water.management.review"]).create(
            {"name": "上半年", "chair_id": self.users["manager"].id}
        )
        review.problem_ids = self._proposed()
        context = review.action_decide()["context"]
        decisions = review.env["water.improvement"].with_context(**context)
        decision = decisions.create({"subject": "更换水表", "owner_id": self.users["agent"].id})
        self.assertEqual((decision.origin, review.open_count), ("review", 1))
        chair = self._as("manager", review)
        with self.assertRaisesRegex(UserError, "minutes first"):
            chair.action_approve()
        review.minutes = "逐项评审"
        with self.assertRaises(AccessError):
            review.action_approve()
        chair.action_approve()
        with self.assertRaisesRegex(UserError, "Approved minutes"):
            chair.minutes = "x"
        trusted(decision).state = "verified"
        self.assertEqual(review.open_count, 0)

    def test_one_rule_that_fails_stops_no_other(self):
        broken = self.rule.copy({"sequence": 1, "name": "B"})
        self.env.flush_all()
        real = type(broken)._propose

        def propose(rule, company):
            if rule == broken:
                raise ValueError("x")
            return real(rule, company)

        self.patch(type(broken), "_propose", propose)
        with self.assertLogs("odoo.addons.water_service_desk.base.isolated", "ERROR"):
            self.assertTrue(self._proposed())
