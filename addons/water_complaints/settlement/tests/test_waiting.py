from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.water_service_desk.case.transitions import Refusal

from ...complaint.tests import acts
from ...investigation.tests.common import FactCommon


@tagged("post_install", "-at_install")
class TestWaiting(FactCommon):
    """Cases with open work cannot end; the same check for all methods."""

    def assertWaits(self, case, place, words, state="notified"):
        """The step is refused with a line that says who waits, and leads there."""
        before = case.state
        with self.assertRaisesRegex(Refusal, words) as caught:
            self._as("agent", case).write({"state": state})
        places = [line["place"] for line in caught.exception.context["missing"]]
        self.assertIn(place, places)
        self.assertTrue(callable(getattr(case, place)))
        self.assertEqual(case.state, before)

    def _ready(self, **values):
        """Everything is there to tell the customer, but for those who wait."""
        case = self._complaint_at("handling", severity="complex", **values)
        case.resolution = case.resolution or "已更正账单"
        return case

    def test_lead_dispatch(self):
        case = self._ready()
        self.assertWaits(case, "action_open_dispatches", "which leads, has not finished")
        with self.assertRaisesRegex(UserError, "which leads, has not finished"):
            self._notify(case)

    def test_support_dispatch(self):
        """Open help blocks the case; only the desk can withdraw it."""
        case = self._ready()
        self.env["water.dispatch"]._send([(case, self.lab, "support")])
        self._finish_lead(case)
        self.assertWaits(case, "action_open_dispatches", "which supports, is still at work")
        support = case.dispatch_ids.filtered(lambda row: row.role == "support")
        with self.assertRaisesRegex(UserError, "replaced by a new dispatch"):
            self._as("agent", self._lead(case)).action_withdraw()
        with self.assertRaisesRegex(UserError, "Only service agents"):
            self._as("department2", support).action_withdraw()
        self.assertEqual(support.state, "sent")
        self._as("agent", support).action_withdraw()
        self.assertEqual(support.state, "cancelled")
        self.assertTrue(case.action_notify())

    def test_open_measure(self):
        """Promises of the plan come first."""
        case = self._complaint_at("investigating", severity="complex")
        plan = self._proposed(case)
        self._conclude(self._as("department", case))
        if case.needs_review:
            self._as("supervisor", case).action_review()
        self._as("department", case).action_verify()
        case.resolution = "已换表"
        self._finish_lead(case)
        self.assertWaits(case, "action_open_actions", "not done yet, by the plan: ")
        action = case.action_open_actions()
        self.assertEqual(action["res_model"], "water.resolution.action")
        self.assertEqual(action["context"], {"create": False}, "plans alone have actions")
        self._as("department", plan.action_ids).action_done()
        self.assertTrue(case.action_notify())

    def test_open_visit(self):
        case = self._ready()
        begin = fields.Datetime.now() + timedelta(days=1)
        acts.plan_visit(self._as("agent", case), self.net, begin, begin + timedelta(hours=2))
        self._finish_lead(case)
        self.assertWaits(case, "action_open_visits", "a visit is still open: ")

    def test_confirming_and_filing_ask_too(self):
        """Anything sent since the customer was told blocks every end."""
        case = self._complaint_at("notified")
        self.env["water.dispatch"]._send([(case, self.lab, "support")])
        with self.assertRaisesRegex(UserError, "is still at work"):
            acts.confirm(self._as("agent", case), "oral", "5", "4", "满意")
        self.assertEqual(case.state, "notified")
        case.dispatch_ids._cancel()
        filed = self._complaint_at("callback")
        self.env["water.dispatch"]._send([(filed, self.lab, "support")])
        with self.assertRaisesRegex(UserError, "is still at work"):
            self._as("quality", filed).action_archive_case()
        self.assertEqual(filed.state, "callback")
