from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterCommon, local


@tagged("post_install", "-at_install")
class TestCallbackAgain(WaterCommon):
    """An unreached customer calls back and is asked then, which is the outcome."""

    def setUp(self):
        super().setUp()
        self._make_call_in_vain()

    def _make_call_in_vain(self):
        self._category("gn").inquiry_callback_percent = 100
        self.case = self._inquiry(answer="每年 220 立方米。")
        self._as("agent", self.case).action_answer_and_close()
        self.call = self.case.callback_ids
        for hour in (11, 15, 18):
            with freeze_time(local(f"2026-03-11 {hour}:00")):
                self._as("quality", self.call).action_no_answer()
        self.assertEqual((self.call.state, self.call.outcome), ("done", "unreachable"))

    def _rings(self, login="quality", at="2026-03-12 21:00"):
        """The customer calls in the evening, outside calling hours."""
        with freeze_time(local(at)):
            call = self._as(login, self.call)
            self.assertTrue(call.action_take_up())
            return call

    def test_asked_when_he_rings(self):
        """The questions are put; the tries stay, the clock that was met stays met."""
        met = self._clock(self.case, "callback").met_at
        call = self._rings()
        self.assertEqual(
            (call.state, call.outcome, call.user_id),
            ("open", False, self.env["res.users"].browse(call.env.uid)),
        )
        self.assertTrue(call.answer_ids)
        with freeze_time(local("2026-03-12 21:04")):
            call.write({"outcome": "solved", "score": "5"})
            call.action_done()
        self.assertEqual((call.state, call.outcome, call.score), ("done", "solved", "5"))
        self.assertLocal(call.done_at, "2026-03-12 21:04")
        results = call.attempt_ids.sorted("id").mapped("result")
        self.assertEqual(results, ["no_answer"] * 3 + ["reached"])
        self.assertEqual(self._clock(self.case, "callback").met_at, met)
        self.assertEqual(
            self._kinds(self.case)[-3:], ["callback_taken_up", "callback_attempt", "callback_done"]
        )
        self.assertWhole(self.case)

    def test_unsolved_case_is_taken_by_another_person(self):
        call = self._rings()
        with freeze_time(local("2026-03-12 21:04")):
            call.write({"outcome": "not_solved", "remark": "没有解决"})
            call.action_done()
        self.assertEqual((self.case.state, self.case.reopen_count), ("processing", 1))
        self.assertEqual(call.former_handler_ids, self.users["agent"])
        with self.assertRefused("only be made up for if no one was reached"):
            self._as("quality", self.call).action_take_up()

    def test_hung_up_again(self):
        """The line is dead: unreachable as before."""
        call = self._rings()
        with freeze_time(local("2026-03-12 21:03")):
            call.action_no_answer()
        self.assertEqual((call.state, call.outcome), ("done", "unreachable"))

    def test_user_and_time(self):
        """None who did the work, none when it is handled again; whom it is offered to may."""
        for login, may in (("agent", False), ("agent2", True), ("quality", True)):
            self.assertEqual(self._as(login, self.call).can_take_up, may, login)
        with self.assertRefused("The handler of the case"):
            self._as("agent", self.call).action_take_up()
        action = self._as("agent2", self.case).action_open_callbacks()
        self.assertEqual(action["res_id"], self.call.id)
        self._as("agent2", self.case).action_process()
        self.call.invalidate_recordset()
        self.assertFalse(self._as("quality", self.call).can_take_up)
        with self.assertRefused("The case has gone on since"):
            self._as("quality", self.call).action_take_up()

    def test_unanswered_wish(self):
        """While the case is open, the customer's message is recorded."""
        case = self._inquiry()
        wish = acts.call_back(self._as("agent", case), self._later(hours=1))
        for hour in (11, 15, 18):
            with freeze_time(local(f"2026-03-11 {hour}:00")):
                self._as("agent", wish).action_no_answer()
        self.call = wish
        with freeze_time(local("2026-03-12 08:00")):
            call = self._rings("agent", "2026-03-12 08:00")
            call.outcome = "solved"
            call.action_done()
        self.assertEqual((call.state, call.outcome), ("done", "solved"))
        self.assertEqual(case.first_contact_at, local("2026-03-12 08:00"))

    def test_ended_without_a_result_since(self):
        """Taken up again and withdrawn, or one with another matter: it has no result to ask of."""
        ends = {"withdrawn": {}, "merged": {"end_reason": "同一事项"}}
        for state, values in ends.items():
            self._make_call_in_vain()
            if state == "merged":
                values["duplicate_of_id"] = self._inquiry("agent2").id
            with freeze_time(local("2026-03-12 09:00")):
                self._as("agent2", self.case).action_reopen()
                self._as("agent2", self.case).write({"state": state, **values})
            self.assertFalse(self._as("quality", self.call).can_take_up, state)
            with self.assertRefused("The case has gone on since", self.call):
                self._as("quality", self.call).action_take_up()
