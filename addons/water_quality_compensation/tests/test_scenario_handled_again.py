from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import AppealCommon, at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

ORDER = {"external_source": "12345", "external_ref": "QH-2026-1"}


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioHandledAgain(AppealCommon):
    """Stories in which a matter comes back: by its body, by an appeal, and by a second one."""

    def _first_round(self):
        """Received on Wednesday, told on Friday, answered to 12345 on Friday."""
        with at("2026-03-11 10:00"):
            case = self._complaint(**ORDER, external_due_at=local("2026-03-18 12:00"))
            self._step_dispatched(case, "agent", self.net)
        with at("2026-03-12 09:00"):
            self._step_investigating(case, "agent", self.net)
            self._step_handling(case, "agent", self.net)
        with at("2026-03-13 15:00"):
            self._step_notified(case, "agent", self.net)
            acts.answer_order(self._as("agent", case), "已更正账单")
        return case

    # -- an order handled twice ----------------------------------------------------------------

    def test_an_order_handled_twice(self):
        """The body is not satisfied: another round with another handler, both on record."""
        case = self._first_round()
        self.assertLocal(case.external_signed_at, "2026-03-11 10:00")
        first = self._clock(case, "external")
        self.assertEqual((first.state, first.handling_round), ("met", 1))
        with at("2026-03-16 09:00"):
            today = fields.Date.to_date("2026-03-16")
            acts.judge_order(self._as("agent", case), "yes", "no", "no", "没有解决", today)
            acts.rehandle_order(self._as("agent", case), "市民不满意")
            self._sweep()
        self.assertEqual((case.state, case.handling_round), ("dispatched", 2))
        second = self._clock(case, "external")
        self.assertLocal(second.due_at, "2026-03-19 17:30")  # three working days
        self.assertEqual((second.handling_round, case.external_satisfied), (2, False))
        self.assertIn("no", str(case.event_ids.mapped("payload")))
        with at("2026-03-16 10:00"), self.assertRaisesRegex(UserError, "another person takes"):
            self._as("department", self._lead(case)).action_accept()
        self.assertEqual(self._lead(case).state, "sent")
        with at("2026-03-17 10:00"):
            self._serve_again(case, "换了新表")
            self.assertEqual(case.resolution, "换了新表")
            self._notify(case)
            self.assertIn(case._external_clocks().filtered("is_pending"), second)
            acts.confirm(self._as("agent", case), "oral", "5", "5")
        with at("2026-03-17 11:00"):
            callback = self._as("quality", case.callback_ids.filtered(lambda r: r.state == "open"))
            callback.write({"outcome": "solved", "score": "5"})
            callback.action_done()
            with self.assertRaisesRegex(UserError, "answer the order of 12345 first"):
                self._as("quality", case).action_archive_case()
            self.assertEqual((case.state, second.is_pending), ("callback", True))
            acts.answer_order(self._as("agent", case), "已换新表")
            self._as("quality", case).action_archive_case()
        self.assertEqual((case.state, second.state), ("archived", "met"))
        clocks = case.deadline_ids.filtered(lambda row: row.kind == "close").sorted("id")
        self.assertEqual(clocks.mapped("state"), ["met", "met"])
        self.assertEqual(clocks.mapped("handling_round"), [1, 2])
        for words in ("已更正账单", "已换新表"):
            self.assertIn(words, case.external_history)
        self.assertWhole(case)

    def test_returned_to_who_had_it(self):
        """The department returns it: the responsible person had it before, so a supervisor
        chooses.
        """
        case = self._complaint()
        self._step_dispatched(case, "agent", self.net)
        first = case.first_responsible_id
        case._log_events("assigned", {case.id: {"to": False, "not": first.ids}})
        acts.reject(self._as("department", self._lead(case)), "不属我部门")
        self.assertEqual((case.state, case.user_id.id), ("registered", False))
        told = self.env["mail.message"].search([("subject", "like", case.name)])
        self.assertIn(self.users["supervisor"].partner_id, told.notified_partner_ids)
        with self.assertRaisesRegex(UserError, "did not have it before"):
            self._as("agent", case).action_handle()
        self.assertEqual(case.state, "registered")
        acts.hand_over(self._as("supervisor", case), self.users["agent2"], "重办")
        self._as("agent2", case).action_handle()
        self.assertEqual((case.state, case.user_id), ("investigating", self.users["agent2"]))

    def test_an_order_again_after_it_was_filed(self):
        """The archived case stays; a new case continues the number from the same body."""
        case = self._first_round()
        with at("2026-03-16 09:00"):
            for step in ("confirmed", "callback", "archived"):
                getattr(self, f"_step_{step}")(case, "agent", self.net)
        count = case.event_count
        with at("2026-03-20 09:00"):
            again = acts.rehandle_order(self._as("agent", case), "市民再次投诉").with_env(self.env)
        self.assertNotEqual(again, case)
        self.assertEqual((case.state, case.event_count), ("archived", count))
        self.assertEqual(
            (again.external_ref, again.external_state), (ORDER["external_ref"], "open")
        )
        self.assertEqual(again.handling_round, 2)
        self.assertIn(self.users["department"], self._barred(again, self.users["department"]))
        self.assertTrue(self._clock(again, "external").is_pending)
        self.assertWhole(case | again)

    def test_an_appeal_upheld_while_its_order_is_handled_again(self):
        """One complaint goes on: no second one beside it, and its former handler stays out."""
        case = self._first_round()
        with at("2026-03-16 09:00"):
            appeal = self._accepted(self._appeal(case))
            acts.rehandle_order(self._as("agent", case), "市民不满意")
        with at("2026-03-17 09:00"):
            self._decided(appeal, "upheld", reopen=True, remedy="重新处理")
        self.assertFalse(appeal.follow_up_id)
        self.assertEqual((case.state, len(self._at_work(case))), ("dispatched", 1))
        self.assertIn(self.users["department"], self._barred(case, self.users["department"]))
        self.assertWhole(case)

    # -- appeals twice -------------------------------------------------------------------------

    def test_appeals_twice(self):
        """Rejected on the first level, upheld on the second: figures follow, the first stays."""
        with at("2026-03-12 10:00"):
            case = self._complaint_at("handling")
            case.with_user(self.users["supervisor"]).write({"finding": "partly"})
            self._step_notified(case, "agent", self.net)
        with at("2026-03-13 10:00"):
            first = self._appeal(case)
            self.assertEqual(first.level, "1")
            with self.assertRaisesRegex(UserError, "being handled already"):
                self._appeal(case)
            self.assertEqual(case.appeal_ids, first)
            self._accepted(first)
            self._decided(first)
        self.assertEqual((first.state, case.finding_final), ("decided", "partly"))
        with at("2026-03-16 10:00"):
            second = self._appeal(case)
            self.assertEqual(second.level, "2")
            self.assertNotIn(self.users["senior"], second.eligible_ids)
            with self.assertRaisesRegex(UserError, "took no part"), self.env.cr.savepoint():
                self._as("supervisor", second).reviewer_id = self.users["senior"]
            self.assertFalse(second.reviewer_id)
            self._accepted(second, "chair", ("member1", "member2"))
            self._vote_all(second, "upheld")
            corrected = {"corrected_finding": "upheld", "corrected_liability": "company"}
            self._decided(second, "upheld", "chair", reopen=True, remedy="重新处理", **corrected)
        self.assertEqual(
            (case.finding, case.finding_final, second.former_finding),
            ("partly", "upheld", "partly"),
        )
        self.assertEqual((case.state, case.handling_round), ("dispatched", 2))
        self.assertIn(self.users["department"], self._barred(case, self.users["department"]))
        with at("2026-03-17 10:00"):
            self._told_again(case)
            self._step_confirmed(case, "agent", self.net)
        self.assertEqual(case.state, "confirmed")
        self.assertFalse(second.deadline_ids.filtered(lambda clock: clock.state == "running"))
        self.assertFalse((first | second)._verify_events())
        self.assertWhole(case)

    def test_a_third_appeal_needs_new_evidence(self):
        """After the final answer: new evidence, and a supervisor who admits it."""
        with at("2026-03-12 10:00"):
            case = self._complaint_at("notified")
        with at("2026-03-13 10:00"):
            self._first(case)
            self._second(case)
            with self.assertRaisesRegex(UserError, "only with new evidence"):
                self._appeal(case)
            self.assertEqual(len(case.appeal_ids), 2)
            third = self._appeal(case, evidence=[("检定.txt", b"x")], new_evidence="检定证书")
        self.assertTrue(third.needs_admission)
        self.assertFalse(third.with_user(self.users["supervisor"]).can_accept)
        with at("2026-03-14 10:00"):
            acts.admit(self._as("supervisor", third), "检定证书是新的")
        self.assertTrue(third.with_user(self.users["supervisor"]).can_accept)
        self.assertWhole(case)
