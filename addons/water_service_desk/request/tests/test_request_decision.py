from odoo.exceptions import UserError
from odoo.tests import tagged

from ...base.trust import trusted
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestDecision(RequestCommon):
    """What is asked of a supervisor comes to nothing: declined by another, or taken back."""

    def test_declined(self):
        case = self._accepted()
        due = self._clock(case, "close").due_at
        decision = self._as("agent", case)._ask_decision("delay", self.frost, "临时用水", amount=3)
        self._as("supervisor", decision)._refuse("已经派人")
        self.assertEqual(decision.state, "declined")
        self.assertEqual(self._told("agent")[0], f"{case.name}: the delay or refusal was declined")
        self.assertEqual(self._clock(case, "close").due_at, due)
        self.assertFalse(case.notice_ids)

    def test_taken_back(self):
        """Whoever has asked for it declines nothing: he takes it back, and may ask anew."""
        case = self._accepted()
        ask = self._as("supervisor", case)._ask_decision
        decision = ask("delay", self.frost, "临时用水", amount=3)
        self._as("supervisor", decision)._refuse("不必了")
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

    def test_what_a_refusal_keeps(self):
        """The record names the reason, and what was offered instead."""
        case, reason = self._accepted(), self.env.ref("water_service_desk.reason_area")
        decision = self._as("agent", case)._ask_decision("refusal", reason, "自备井供水")
        self._as("supervisor", decision).action_approve()
        event = case.event_ids.filtered(lambda row: row.kind == "refused")
        self.assertEqual(event.payload, {"reason": reason.code, "alternative": "自备井供水"})

    def test_whoever_has_the_work_does_not_decline(self):
        case = self._accepted()
        decision = self._as("agent", case)._ask_decision("delay", self.frost, "临时用水", amount=3)
        trusted(case).user_id = self.users["supervisor"]
        with self.assertRaisesRegex(UserError, "Whoever has the work"):
            self._as("supervisor", decision)._refuse("x")
        self.assertEqual(decision.state, "requested")
