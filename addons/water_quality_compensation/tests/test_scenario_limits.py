from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.duplicate.tests.common import MergeCommon
from odoo.addons.water_service_desk.base.tests.common import local


@tagged("post_install", "-at_install")
class TestScenarioLimits(MergeCommon):
    """Limits where rules meet: merging, pauses, extensions, orders, departments, the calendar.

    All dates are counted by hand, from the calendar of 2026 and the general standard (five working
    days from the day after receipt, four for the department).
    """

    def _order(self, due, number, **values):
        order = {"external_source": "12345", "external_ref": number, "external_due_at": local(due)}
        return self._complaint(**order, **values)

    def _extend(self, clock, days):
        rows = acts.extend(self._as("agent", clock), "等检定", days)
        self._as("supervisor", rows).action_approve()
        self.env.invalidate_all()

    def _close(self, case):
        return self._clock(case, "close")

    def test_golden_week_a_merging_and_a_pause(self):
        """S-1 with a contact of the day before, and two working days that it stood still."""
        case = self._received("2026-09-29 10:00")
        lead = self._received("2026-09-30 16:40")
        self.assertLocal(self._close(lead).due_at, "2026-10-13 17:30")
        with freeze_time(local("2026-09-30 17:00")):
            self._merge(case, lead)
            self.assertLocal(self._close(lead).due_at, "2026-10-12 17:30")
        with freeze_time(local("2026-10-08 10:00")):
            self._stop(self._close(lead), "2026-10-10 10:00")
        with freeze_time(local("2026-10-10 10:00")):  # a Saturday on which people work
            self._close(lead).action_resume()
            self.env.invalidate_all()
            self.assertLocal(self._close(lead).due_at, "2026-10-14 17:30")
            self._undo(case)
            self.assertLocal(self._close(lead).due_at, "2026-10-14 17:30")
            self.assertLocal(self._close(case).due_at, "2026-10-12 17:30")

    @freeze_time(local("2026-03-11 10:00"))
    def test_an_extension_up_to_what_the_body_waits_for(self):
        """The other customer has it; who came with the order keeps the date of the order."""
        lead, order = (
            self._complaint(partner_id=self.customer2.id),
            self._order("2026-03-16 17:30", "L-1"),
        )
        self._merge(order, lead)
        self._extend(self._close(lead), 1)
        self.assertLocal(lead.promised_at, "2026-03-16 17:30")
        self.assertLocal(order.promised_at, "2026-03-13 17:30")
        with self.assertRefused("The body waits until", self._close(lead)):
            acts.extend(self._as("agent", self._close(lead)), "等检定", 1)
        with freeze_time(local("2026-03-13 17:31")):
            self._sweep()
            self.assertEqual(self._clock(order, "external").state, "breached")
            self.assertEqual(self._close(lead).state, "running")

    def test_returned_and_sent_elsewhere_while_an_order_is_in_it(self):
        """The next department has the time that the body leaves, undone or not."""
        with freeze_time(local("2026-03-11 10:00")):
            lead, order = self._complaint(), self._order("2026-03-17 17:30", "L-2")
            self._step_dispatched(lead, "agent", self.net)
            self._merge(order, lead)
            self.assertLocal(self._lead(lead).due_at, "2026-03-16 17:30")
        with freeze_time(local("2026-03-12 10:00")):
            first = self._lead(lead)
            acts.reject(self._as("department", first), "不属管网", owner=self.lab)
            self.env.invalidate_all()
            self.assertFalse(first.deadline_ids.filtered("is_pending"))
            self._dispatch(lead, self.lab)
            self.env.invalidate_all()
            again = self._lead(lead)
            self.assertNotEqual(again, first)
            self.assertLocal(again.due_at, "2026-03-16 17:30")
            self._undo(order)
            self.assertLocal(again.due_at, "2026-03-16 17:30")

    def test_no_extension_gives_a_department_more_than_the_customer(self):
        """Three days more would be after the customer's date: it is done by that."""
        with freeze_time(local("2026-03-11 10:00")):
            case = self._complaint()
            self._step_dispatched(case, "agent", self.net)
            work = self._lead(case).deadline_ids
            self._extend(work, 3)
            self.assertLocal(work.due_at, "2026-03-18 17:30")
            self.assertLocal(case.promised_at, "2026-03-18 17:30")
            self._extend(self._close(case), 5)
            self.assertLocal(case.promised_at, "2026-03-25 17:30")
            self.assertLocal(work.due_at, "2026-03-20 17:30")  # the 17th and three days

    def test_an_emergency_comes_into_what_stands_still(self):
        """The pause ends; undone, the lead stays an emergency until it is judged anew."""
        with freeze_time(local("2026-03-11 10:00")):
            lead = self._complaint()
            self._stop(self._close(lead), "2026-03-16 10:00")
        with freeze_time(local("2026-03-12 10:00")):
            case = self._order("2026-03-13 17:30", "L-3", description="现在路面塌陷了")
            self.assertEqual(case.severity, "emergency")
            self._merge(case, lead)
            clock = self._close(lead)
            self.assertEqual((lead.severity, clock.state), ("emergency", "running"))
            self.assertLessEqual(clock.due_at, case.promised_at)
            self._undo(case)
            self.assertEqual((lead.severity, clock.state), ("emergency", "running"))

    def test_filed_while_an_order_in_it_is_not_answered(self):
        """The customer is satisfied, the body waits: the order is on the board, not archived."""
        with freeze_time(local("2026-03-11 10:00")):
            lead = self._complaint(partner_id=self.customer2.id)
            order = self._order("2026-03-20 17:30", "L-4")
            self._merge(order, lead)
            for step in ("dispatched", "investigating", "handling", "notified", "confirmed"):
                getattr(self, f"_step_{step}")(lead, "agent", self.net)
                self.env.invalidate_all()
            self._step_callback(lead, "agent", self.net)
            self.assertTrue(self._clock(order, "external").is_pending)
            with self.assertRefused(order.name, lead):
                self._as("quality", lead).action_archive_case()
            acts.answer_order(self._as("agent", order), "已办理")
            self._step_archived(lead, "agent", self.net)
            self.assertEqual(lead.state, "archived")

    def test_again_after_it_was_filed_over_the_dragon_boat_festival(self):
        """Three working days without a word of the body: 19 to 21 June are days off."""
        with freeze_time(local("2026-06-10 10:00")):
            case = self._order("2026-06-30 17:30", "L-5")
            for step in ("dispatched", "investigating", "handling", "notified", "confirmed"):
                getattr(self, f"_step_{step}")(case, "agent", self.net)
                self.env.invalidate_all()
            self._step_callback(case, "agent", self.net)
            acts.answer_order(self._as("agent", case), "已办理")
            self._step_archived(case, "agent", self.net)
        with freeze_time(local("2026-06-17 10:00")):
            again = acts.rehandle_order(self._as("agent", case), "未解决").with_env(self.env)
            self.assertNotEqual(again, case)
            self.assertLocal(again.external_due_at, "2026-06-23 17:30")
            self.assertLocal(again.promised_at, "2026-06-23 17:30")
            self.assertEqual(case.state, "archived")

    def test_an_order_over_a_new_year_that_is_not_loaded(self):
        """Our own limit is not certain before the holidays are, and moves with them."""
        with freeze_time(local("2026-12-30 10:00")):
            order = self._order("2027-01-04 17:30", "L-6")
            clock = self._clock(order, "external")
            self.assertLocal(clock.due_at, "2027-01-01 17:30")
            self.assertTrue(clock.provisional)
            self.env["water.calendar.day"].create(
                {"name": "元旦", "date": "2027-01-01", "kind": "off"}
            )
            self.env.invalidate_all()
            self.assertLocal(clock.due_at, "2026-12-31 17:30")
            self.assertFalse(clock.provisional)

    def test_again_over_a_new_year_that_is_not_loaded(self):
        with freeze_time(local("2026-12-29 10:00")):
            case = self._order("2026-12-31 17:30", "L-7")
            acts.answer_order(self._as("agent", case), "正在处理")
        with freeze_time(local("2026-12-30 10:00")):
            again = acts.rehandle_order(self._as("agent", case), "未解决").with_env(self.env)
            clock = self._clock(again, "external")
            self.assertLocal(clock.due_at, "2027-01-04 17:30")  # 31 December, 1 and 4 January
            self.assertTrue(clock.provisional)
            self.env["water.calendar.day"].create(
                {"name": "元旦", "date": "2027-01-01", "kind": "off"}
            )
            self.env.invalidate_all()
            clock = self._clock(again, "external")
            self.assertLocal(clock.due_at, "2027-01-05 17:30")
            self.assertFalse(clock.provisional)
            self.assertLocal(again.external_due_at, "2027-01-05 17:30")

    def test_reopened_with_an_earlier_contact_and_an_order_of_a_body(self):
        with freeze_time(local("2026-03-11 10:00")):
            lead = self._complaint()
            case = self._received("2026-03-10 10:00")
            order = self._order("2026-03-19 17:30", "L-8")
            self._merge(case, lead)
            self._merge(order, lead)
            for step in ("dispatched", "investigating", "handling", "notified"):
                getattr(self, f"_step_{step}")(lead, "agent", self.net)
                self.env.invalidate_all()
        with freeze_time(local("2026-03-16 10:00")):
            acts.contest(self._as("agent", lead), "没有解决")
            self.env.invalidate_all()
            self.assertLocal(self._close(lead).due_at, "2026-03-18 17:30")
            self._stop(self._close(lead), "2026-03-17 10:00")
            self._as("supervisor", order).external_due_at = local("2026-03-18 17:30")
        with freeze_time(local("2026-03-17 10:00")):
            self._close(lead).action_resume()
            self.env.invalidate_all()
            self.assertLocal(self._close(lead).due_at, "2026-03-17 17:30")
