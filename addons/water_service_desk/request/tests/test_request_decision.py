from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...base.tests import acts
from ...base.trust import trusted
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestDecision(RequestCommon):
    """A request to a supervisor is refused by another one, or taken back."""

    def test_refused(self):
        case = self._accepted()
        due = self._clock(case, "close").due_at
        decision = acts.ask_decision(
            self._as("agent", case), "delay", self.frost, "临时用水", amount=3
        )
        acts.refuse(self._as("supervisor", decision), "已经派人")
        self.assertEqual(decision.state, "refused")
        self.assertEqual(self._told("agent")[0], f"{case.name}: the delay or refusal was refused")
        self.assertEqual(self._clock(case, "close").due_at, due)
        self.assertFalse(case.notice_ids)

    def test_taken_back(self):
        """Applicants cannot decline their own request; they withdraw it, and may ask again."""
        case = self._accepted()
        ask = self._as("supervisor", case)._ask_decision
        decision = ask("delay", self.frost, "临时用水", amount=3)
        acts.refuse(self._as("supervisor", decision), "不必了")
        self.assertRecordValues(
            decision,
            [{"state": "withdrawn", "decided_by_id": False, "refusal_reason": "不必了"}],
        )
        self.assertEqual(self._kinds(case)[-1], "decision_withdrawn")
        told = f"{case.name}: the delay or refusal was withdrawn"
        self.assertEqual(self._told("manager")[0], told)
        self.assertFalse(case.notice_ids)
        with self.assertRaisesRegex(UserError, "decided already"):
            self._as("manager", decision).action_approve()
        self.assertEqual(ask("delay", self.frost, "临时用水", amount=3).state, "requested")
        self.assertWhole(case)

    def test_the_department_has_the_time_that_was_granted(self):
        """Its work has no limit but the customer's: both are due three working days later."""
        case = self._accepted()
        acts.dispatch(self._as("agent", case), self.net)
        work, close = self._clock(case, "work"), self._clock(case, "close")
        first = close.due_at
        self.assertEqual(work.due_at, first)
        ask = self._as("agent", case)._ask_decision
        self._as("supervisor", ask("delay", self.frost, "临时用水", amount=3)).action_approve()
        granted = close.calendar_id._water_due_at(first, 3, "working_day")[0]
        self.assertGreater(granted, first)
        self.assertEqual((close.due_at, work.due_at), (granted, granted))
        self.assertEqual((work.state, case.dispatch_ids.due_at), ("running", granted))

    def test_a_date_given_to_the_department_stays(self):
        """More time for the customer's result is no more time for earlier requests."""
        case = self._accepted()
        close = self._clock(case, "close")
        asked = close.due_at - timedelta(hours=2)
        acts.dispatch(self._as("agent", case), self.net)
        acts.dispatch(self._as("agent", case), self.net, due=asked)
        ask = self._as("agent", case)._ask_decision
        self._as("supervisor", ask("delay", self.frost, "临时用水", amount=3)).action_approve()
        self.assertEqual(self._clock(case, "work").due_at, asked)

    def test_granted_while_an_earlier_result_is_promised(self):
        """When that promise is kept the work follows the new limit, and moves once for it."""
        case = self._accepted()
        acts.dispatch(self._as("agent", case), self.net)
        work, close = self._clock(case, "work"), self._clock(case, "close")
        sooner = close.due_at - timedelta(hours=2)
        promise = acts.promise(self._as("agent", case), "先答复", sooner)
        self.assertEqual(work.due_at, sooner)
        ask = self._as("agent", case)._ask_decision
        self._as("supervisor", ask("delay", self.frost, "临时用水", amount=3)).action_approve()
        self.assertEqual(work.due_at, sooner)
        self._as("agent", promise.with_env(self.env)).action_promise_kept()
        for hours in (1, 2):
            acts.promise(
                self._as("agent", case), "回电", close.due_at + timedelta(hours=hours), "other"
            )
            self.assertEqual(work.due_at, close.due_at)
        moves = case.event_ids.filtered(lambda row: row.kind == "clock_replanned")
        same = [row.payload for row in moves if row.payload["old"] == row.payload["new"]]
        self.assertEqual(same, [])

    def test_refusal_is_recorded(self):
        """The record names the reason, and the alternative offered."""
        case, reason = self._accepted(), self.env.ref("water_service_desk.reason_area")
        decision = acts.ask_decision(self._as("agent", case), "refusal", reason, "自备井供水")
        self._as("supervisor", decision).action_approve()
        event = case.event_ids.filtered(lambda row: row.kind == "refused")
        self.assertEqual(event.payload, {"reason": reason.code, "alternative": "自备井供水"})

    def test_handler_cannot_decline(self):
        case = self._accepted()
        decision = acts.ask_decision(
            self._as("agent", case), "delay", self.frost, "临时用水", amount=3
        )
        trusted(case).user_id = self.users["supervisor"]
        with self.assertRaisesRegex(UserError, "handler of the work"):
            acts.refuse(self._as("supervisor", decision), "x")
        self.assertEqual(decision.state, "requested")
