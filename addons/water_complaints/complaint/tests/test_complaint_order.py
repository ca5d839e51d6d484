from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.water_service_desk.external_order.tests.order_checks import OrderChecks
from odoo.addons.water_service_desk.external_order.tests.orders import ORDER, RETURN

from . import acts
from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintOrder(OrderChecks, ComplaintCommon):
    """Orders of other bodies that are complaints."""

    allow_inherited_tests_method = True
    MODEL = "water.complaint"

    def _plain_case(self):
        return self._as("agent", self._complaint())

    def _at(self, state, **values):
        """An order that has gone its lawful way as a complaint up to ``state``."""
        facts = {"external_source": "12345", "external_ref": "QH-0001", **values}
        return self._complaint_at(state, **facts)

    def _answered(self):
        return self._at("notified")

    def _served(self):
        return self._at("notified", external_due_at="2026-03-18 04:00:00")

    def _withdraw(self, case):
        self._as("agent", case).write({"state": "withdrawn", "end_reason": "客户要求"})

    def test_kind_decides(self):
        """A file for both types goes to both; an order keeps its number through conversions."""
        results = self._import(
            {**ORDER, "kind": "咨询", "category": ""},
            {**ORDER, "kind": "投诉", "external_ref": "B"},
        )
        self.assertEqual([row["result"] for row in results], ["created", "created"])
        inquiry = self.env["water.inquiry"].search([("external_ref", "=", "QH-0001")])
        self.assertEqual(inquiry.name, results[0]["case"])
        again = self._import({**ORDER, "kind": "投诉"})[0]
        self.assertEqual((again["result"], again["case"]), ("unchanged", inquiry.name))

    def test_facts_that_an_order_lacks(self):
        """The form of an order can be left with facts missing; dispatching still asks for them."""
        case = self._order(occurred_at="", demand="", address="", contact_name="", category="")
        with Form(self._as("agent", case)) as form:
            form.external_issuer = "市水务局"
        with self.assertRaisesRegex(UserError, "Demand"):
            self._dispatch(case)

    def test_returned_from_a_department(self):
        """Work with a department is recalled first, step by step in the table."""
        case = self._at("dispatched")
        acts.return_order(self._as("supervisor", case), *RETURN)
        self.assertEqual((case.state, case.end_reason), ("rejected", RETURN[0]))
        self.assertEqual(self._lead(case).state, "cancelled")
        moves = [row.payload["to"] for row in case.event_ids.sorted("id") if row.kind == "moved"]
        self.assertEqual(moves[-2:], ["registered", "rejected"])

    def test_too_far_to_return(self):
        with self.assertRaisesRegex(UserError, "too far on"):
            acts.return_order(self._as("supervisor", self._at("handling")), *RETURN)

    def test_body_waits_beyond_the_customer(self):
        """Told and confirmed by the customer, the body's clock still runs; filing asks for it."""
        case = self._at("callback", external_due_at="2026-03-18 04:00:00")
        self.assertEqual(self._clock(case, "external").state, "running")
        with self.assertRaisesRegex(UserError, "answer the order of 12345 first"):
            self._as("quality", case).action_archive_case()
        acts.answer_order(self._as("agent", case), "已办结")
        self._as("quality", case).action_archive_case()
        self.assertEqual(case.state, "archived")

    def test_handled_again_after_confirmation(self):
        """From each later state the complaint is handled again, its call-back made void."""
        for number, state in enumerate(("notified", "confirmed", "callback")):
            case = self._at(state, external_ref=f"S-{number}")
            acts.answer_order(self._as("agent", case), "好")
            with self.subTest(state=state):
                self.assertEqual(self._again(case), case)
                self.assertEqual((case.state, case.reopen_count), ("dispatched", 1))
                self.assertNotIn("open", case.callback_ids.mapped("state"))
                self.assertWhole(case)

    def test_filed_complaint_stays_filed(self):
        """The archive is not opened: a new complaint carries the order on."""
        case = self._at("callback")
        acts.answer_order(self._as("agent", case), "好")
        self._as("quality", case).action_archive_case()
        before = case.event_head
        fresh = self._again(case)
        self.assertNotEqual(fresh, case)
        self.assertEqual((case.state, case.event_head), ("archived", before))
        self.assertEqual((fresh.external_ref, fresh.demand), ("QH-0001", case.demand))
        self.assertFalse(fresh.finding)
        self.assertEqual((fresh.state, fresh.handling_round), ("dispatched", 2))
        self.assertEqual(self._lead(fresh).department_id, self.net)
        with self.assertRaisesRegex(UserError, "another person"):
            self._as("department", self._lead(fresh)).action_accept()
        event = fresh.event_ids.filtered(lambda row: row.kind == "external_rehandled")
        self.assertEqual(event.payload["original"], case.name)

    def test_body_waits_after_confirmation_and_merging(self):
        """The duty board shows what no body was answered, though customer and desk are done."""
        confirmed = self._at("confirmed", external_due_at="2026-03-18 04:00:00")
        merged = self._order(external_ref="M-1")
        original = self._complaint()
        values = {"state": "merged", "duplicate_of_id": original.id, "end_reason": "同一事项"}
        self._as("supervisor", merged).write(values)
        for case in (confirmed, merged):
            self.assertTrue(case.closed_at)
            clock = self._clock(case, "external")
            self.assertEqual((clock.state, clock.is_pending), ("running", True))
            self.assertIn(clock.id, self._on_the_board())
        acts.answer_order(self._as("agent", merged), "已合并办理")
        self.assertFalse(self._clock(merged, "external").is_pending)

    def test_back_to_a_department(self):
        """Second handling uses departments as before, there and back."""
        case = self._complaint_at("handling")
        with self.assertRaisesRegex(UserError, "only what is handled again"):
            self._dispatch(case)
        self.assertEqual(case.state, "handling")
        case = self._complaint_at("notified")
        acts.contest(self._as("agent", case), "水压还是低")
        self.assertEqual((case.state, case.handling_round), ("dispatched", 2))
        with self.assertRaisesRegex(UserError, "has not accepted"):
            self._as("agent", case).write({"state": "investigating"})
        acts.reject(self._as("supervisor", self._lead(case)), "属水质")
        self.assertEqual(case.state, "registered")
        self._dispatch(case, self.lab)
        work = self._as("department2", self._lead(case))
        work.action_accept()
        self.assertEqual((case.state, case.user_id), ("investigating", self.users["department2"]))
        work.result = "已冲洗管道"
        work.action_finish()
        self.assertEqual((case.state, case.resolution), ("handling", "已冲洗管道"))
        self._notify(case)
        self.assertEqual(case.state, "notified")
        self.assertWhole(case)
