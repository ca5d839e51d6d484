from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .common import MergeCommon

START = "2026-03-11 10:00"
#: Until when the standard gives the department time, a working day before the customer's date.
OWN = "2026-03-17 17:30"


@tagged("post_install", "-at_install")
@freeze_time(local(START))
class TestMergeDepartments(MergeCommon):
    """Departments have no longer than the customers of merged cases were promised."""

    def _order(self, due="2026-03-16 17:30", number="D-1"):
        """An order of another body; ours ends a working day before."""
        order = {"external_source": "12345", "external_ref": number, "external_due_at": local(due)}
        return self._complaint(**order)

    def _sent(self):
        case = self._complaint()
        self._step_dispatched(case, "agent", self.net)
        self.assertLocal(self._lead(case).due_at, OWN)
        return case

    def _due(self, case):
        self.env.invalidate_all()
        return self._lead(case).due_at

    def test_undone_it_keeps_the_earlier_due_date(self):
        case, order = self._sent(), self._order()
        self._merge(order, case)
        self.assertLocal(self._due(case), "2026-03-13 17:30")
        self._undo(order)
        self.assertLocal(self._due(case), "2026-03-13 17:30")

    def test_sent_while_it_was_merged(self):
        """It had less time than the standard, because of the body."""
        case, order = self._complaint(), self._order()
        self._merge(order, case)
        self._step_dispatched(case, "agent", self.net)
        self.assertLocal(self._due(case), "2026-03-13 17:30")

    def test_request_in_between_holds(self):
        case, order = self._sent(), self._order()
        self._merge(order, case)
        self._lead(case)._ask_by(local("2026-03-12 17:30"))
        self._undo(order)
        self.assertLocal(self._due(case), "2026-03-12 17:30")

    def test_a_word_that_came_with_it_binds_the_department(self):
        case, other = self._sent(), self._complaint(partner_id=self.customer2.id)
        acts.promise(self._as("agent", other), "星期四答复", local("2026-03-12 17:30"))
        self._merge(other, case)
        self.assertLocal(case.promised_at, "2026-03-12 17:30")
        self.assertLocal(self._due(case), "2026-03-12 17:30")
        self._undo(other)
        self.assertLocal(self._due(case), OWN)

    def test_judged_milder_again(self):
        case = self._sent()
        acts.retriage(self._as("supervisor", case), {"severity": "urgent"}, "急")
        self.assertLocal(self._due(case), "2026-03-16 17:30")
        acts.retriage(self._as("supervisor", case), {"severity": "normal"}, "不急")
        self.assertLocal(self._due(case), OWN)

    def test_extended_by_the_body(self):
        case = self._order()
        self._step_dispatched(case, "agent", self.net)
        self.assertLocal(self._due(case), "2026-03-13 17:30")
        acts.extend_order(
            self._as("supervisor", case),
            local("2026-03-27 17:30"),
            local(START).date(),
            "函〔2026〕3号",
        )
        self.assertLocal(self._due(case), OWN)

    def test_work_that_was_late_is_still_owed(self):
        """The merging ended it; undone, it stands on the department's board, late as it was."""
        lead, case = self._complaint(), self._sent()
        with freeze_time(local("2026-03-18 10:00")):
            self._sweep()
            work = self._lead(case).deadline_ids
            self.assertEqual((work.state, work.is_pending), ("breached", True))
            self._merge(case, lead)
            self.assertTrue(work.met_at)
            self._undo(case)
            self.assertEqual((work.state, work.met_at, work.is_pending), ("breached", False, True))
            self.assertTrue(work.next_check_at)
