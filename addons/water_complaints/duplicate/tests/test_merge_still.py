from unittest.mock import patch

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .common import MergeCommon

#: Five working days from here end on Wednesday the 18th.
START = "2026-03-11 10:00"
#: One working day after the start: so much is what stood still until then due later.
NEXT_DAY = "2026-03-12 10:00"


@tagged("post_install", "-at_install")
class TestMergeStill(MergeCommon):
    """Limits that change while a clock of the matter stands still: the earliest of all holds."""

    def _order(self, due, number="S-1", moment=START):
        """An order of another body; ours ends a working day before."""
        order = {"external_source": "12345", "external_ref": number, "external_due_at": local(due)}
        return self._received(moment, **order)

    def _stop(self, clock, until=NEXT_DAY):
        super()._stop(clock, until)

    def _go_on(self, clock, at=NEXT_DAY):
        with freeze_time(local(at)):
            clock.action_resume()
            self.env.invalidate_all()
        return clock.due_at

    def _close(self, case):
        return self._clock(case, "close")

    def _judge_as(self, case, severity):
        acts.retriage(self._as("supervisor", case), {"severity": severity}, "重新判断")

    @freeze_time(local(START))
    def test_a_new_limit_of_the_body_takes_nothing_from_his_own(self):
        lead, order = self._complaint(), self._order("2026-03-27 17:30", moment="2026-03-09 10:00")
        self._stop(self._close(lead), "2026-03-16 10:00")
        self._merge(order, lead)
        self.assertLocal(order.promised_at, "2026-03-16 17:30")
        self._as("supervisor", order).external_due_at = local("2026-03-25 17:30")
        self.env.invalidate_all()
        self.assertLocal(order.promised_at, "2026-03-16 17:30")
        self.assertLocal(self._go_on(self._close(lead), "2026-03-16 10:00"), "2026-03-16 17:30")
        self.assertLocal(lead.promised_at, "2026-03-16 17:30")

    @freeze_time(local(START))
    def test_an_earlier_limit_of_the_body_holds_when_it_goes_on(self):
        lead, order = self._complaint(), self._order("2026-03-27 17:30", moment="2026-03-10 10:00")
        self._stop(self._close(lead))
        self._merge(order, lead)
        self._as("supervisor", order).external_due_at = local("2026-03-16 17:30")
        self.assertLocal(self._go_on(self._close(lead)), "2026-03-13 17:30")

    @freeze_time(local(START))
    def test_a_later_limit_of_the_body_leaves_the_lead_as_it_is(self):
        """The lead keeps the earlier due date; it may be extended there."""
        lead, order = self._complaint(), self._order("2026-03-16 17:30")
        self._merge(order, lead)
        acts.extend_order(
            self._as("supervisor", order),
            local("2026-03-27 17:30"),
            local(START).date(),
            "函〔2026〕3号",
        )
        self.env.invalidate_all()
        self.assertLocal(self._close(lead).due_at, "2026-03-13 17:30")

    @freeze_time(local(START))
    def test_two_limits_of_one_contact_the_earlier_holds(self):
        lead, order = self._complaint(), self._order("2026-03-16 17:30", moment="2026-03-10 10:00")
        self.assertLocal(self._close(order).due_at, "2026-03-17 17:30")
        self._merge(order, lead)
        self.assertLocal(self._close(lead).due_at, "2026-03-13 17:30")

    @freeze_time(local(START))
    def test_worked_out_anew_it_counts_from_its_own_start(self):
        lead, case = self._complaint(), self._received("2026-03-10 10:00")
        self._merge(case, lead)
        self.assertLocal(self._close(lead).due_at, "2026-03-17 17:30")
        acts.replan(self._as("supervisor", lead), "标准变了")
        self.assertLocal(self._close(lead).due_at, "2026-03-17 17:30")
        self._judge_as(lead, "urgent")
        self.assertLocal(self._close(lead).due_at, "2026-03-16 17:30")
        self._judge_as(lead, "normal")
        self.assertLocal(self._close(lead).due_at, "2026-03-17 17:30")

    @freeze_time(local(START))
    def test_judged_milder_while_it_stands_still(self):
        """The earlier contact still has its limit, and the time that the matter stood still."""
        lead, case = self._complaint(), self._received("2026-03-10 10:00")
        self._judge_as(lead, "urgent")
        self.assertLocal(self._close(lead).due_at, "2026-03-16 17:30")
        self._merge(case, lead)
        self._stop(self._close(lead))
        self._judge_as(lead, "normal")
        self.assertLocal(self._go_on(self._close(lead)), "2026-03-18 17:30")

    @freeze_time(local(START))
    def test_judged_milder_while_it_stands_still_and_a_body_waits(self):
        """A body waits no longer because something stood still."""
        lead, order = self._complaint(), self._order("2026-03-18 17:30")
        self._judge_as(lead, "urgent")
        self._merge(order, lead)
        self._stop(self._close(lead))
        self._judge_as(lead, "normal")
        self.assertLocal(self._go_on(self._close(lead)), "2026-03-17 17:30")

    @freeze_time(local(START))
    def test_answered_while_it_stands_still(self):
        """The body no longer waits; the customer's own promise stays."""
        lead, order = self._complaint(), self._order("2026-03-16 17:30")
        self._stop(self._close(lead))
        self._merge(order, lead)
        acts.answer_order(self._as("agent", order), "已并案处理")
        self.env.invalidate_all()
        self.assertLocal(order.promised_at, "2026-03-18 17:30")
        self.assertLocal(self._go_on(self._close(lead)), "2026-03-18 17:30")

    @freeze_time(local(START))
    def test_an_order_that_stood_still_when_it_was_merged(self):
        """As earlier releases allowed: its limit counts for the matter from when it goes on."""
        lead, order = self._complaint(), self._order("2026-03-16 17:30")
        clock = self._clock(order, "external")
        with self.assertRefused("that limit does not stand still", clock):
            acts.pause(self._as("agent", clock), "等客户", local(NEXT_DAY))
        with patch.object(type(order), "_body_waits", lambda case: False):
            self._stop(clock)
        self._merge(order, lead)
        self.assertLocal(self._close(lead).due_at, "2026-03-18 17:30")
        self.assertLocal(self._go_on(clock), "2026-03-14 17:30")
        self.assertLocal(self._close(lead).due_at, "2026-03-14 17:30")

    def test_own_pause_at_merge(self):
        """It continues in the lead with the remaining time, not with a past date."""
        case = self._received("2026-03-04 10:00")
        with freeze_time(local("2026-03-05 10:00")):
            self._stop(self._close(case), "2026-03-20 10:00")
        with freeze_time(local("2026-03-13 10:00")):
            lead = self._complaint()
            self.assertLocal(self._close(lead).due_at, "2026-03-20 17:30")
            self._merge(case, lead)
            self.assertLocal(self._close(lead).due_at, "2026-03-19 17:30")
            self._undo(case)
            self.assertEqual(self._close(case).state, "running")
            self.assertLocal(self._close(case).due_at, "2026-03-19 17:30")

    def test_a_year_that_is_loaded_while_it_is_merged(self):
        with freeze_time(local("2026-12-30 10:00")):
            lead, case = self._complaint(), self._complaint()
            clock = self._close(case)
            self.assertTrue(clock.provisional)
            self._merge(case, lead)
            self.env["water.calendar.day"].create(
                {"name": "元旦", "date": "2027-01-01", "kind": "off"}
            )
            self._undo(case)
            self.assertLocal(clock.due_at, "2027-01-07 17:30")
            self.assertFalse(clock.provisional or clock.promised_provisional)
