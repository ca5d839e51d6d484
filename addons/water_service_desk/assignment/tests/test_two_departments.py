from odoo.tests import tagged

from ...base.tests import acts
from ...base.tests.common import DESK, WaterCommon


@tagged("post_install", "-at_install")
class TestTwoDepartments(WaterCommon):
    """For whom a member of two departments speaks, in any order."""

    def setUp(self):
        super().setUp()
        self.both = self.users["department"]
        self.both.water_department_ids = self.net | self.lab
        self.meters = self.env.ref(f"{DESK}department_mtr")
        self.case = self._inquiry()

    def _in_both_orders(self):
        for first, second in ((self.net, self.lab), (self.lab, self.net)):
            first.sequence, second.sequence = 1, 2
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(self.both.water_department_ids[:1], first)
            with self.subTest(first=first.code):
                yield first

    def _accept(self, department, login="department"):
        rows = self.case.dispatch_ids.filtered(lambda row: row.department_id == department)
        self._as(login, rows.sorted("id")[-1:]).action_accept()

    def test_none_if_neither_has_it(self):
        self._dispatch(self.case, self.meters)
        for _first in self._in_both_orders():
            self.assertFalse(self.case._speaks_for(self.both))
        self.both.water_department_ids = self.lab
        self.assertEqual(self.case._speaks_for(self.both), self.lab, "he has no other")

    def test_leader_before_supporter(self):
        self._dispatch(self.case, self.net, self.lab)
        for _first in self._in_both_orders():
            self.assertEqual(self.case._speaks_for(self.both), self.net)
        acts.dispatch(self._as("agent", self.case), self.lab, self.net)
        for _first in self._in_both_orders():
            self.assertEqual(self.case._speaks_for(self.both), self.lab)

    def test_at_work_before_done(self):
        self._dispatch(self.case, self.net, self.lab)
        self._finish_lead(self.case)
        for _first in self._in_both_orders():
            self.assertEqual(self.case._speaks_for(self.both), self.lab)
        self._accept(self.lab)
        rows = self._as("department", self.case.dispatch_ids)
        helper = rows.filtered(lambda row: row.department_id == self.lab)
        helper.result = "水质合格"
        helper.action_finish()
        for _first in self._in_both_orders():
            self.assertEqual(self.case._speaks_for(self.both), self.net, "both done: who has led")

    def test_the_last_of_two_and_none_that_was_withdrawn(self):
        for department in (self.net, self.lab):
            acts.reject(self._as("department", self._dispatch(self.case, department)), "不属我部门")
        for _first in self._in_both_orders():
            self.assertEqual(self.case._speaks_for(self.both), self.lab)
        self._dispatch(self.case, self.net, login="supervisor")
        self._dispatch(self.case, self.meters, login="supervisor")  # takes it from the one before
        last = self.case.dispatch_ids.filtered(lambda row: row.department_id == self.net)
        self.assertEqual(last.sorted("id")[-1:].state, "cancelled")
        for _first in self._in_both_orders():
            self.assertEqual(self.case._speaks_for(self.both), self.lab)

    def test_sending_user(self):
        """By earlier dispatches: users do not send in the name of the receiving department."""
        first = self._dispatch(self.case, self.net)
        for _first in self._in_both_orders():
            self.assertEqual(self.case._speaks_for(self.both, before=first), self.lab)
        acts.reject(self._as("department", first), "不属我部门")
        second = self._dispatch(self.case, self.meters)
        for _first in self._in_both_orders():
            self.assertEqual(self.case._speaks_for(self.both, before=second), self.net)

    def test_helper_reports_only_own_work(self):
        """A colleague's work in the other department is not finished by this user."""
        self.lab.member_ids += self.users["department2"]
        for number, _first in enumerate(self._in_both_orders()):
            self.case = self._inquiry(subject=f"第{number}件")
            self._dispatch(self.case, self.net, self.lab)
            self._accept(self.net)
            self._accept(self.lab, login="department2")
            self._as("department", self.case)._finish_own_work("已换表")
            done = {row.department_id: (row.state, row.result) for row in self.case.dispatch_ids}
            self.assertEqual(
                done, {self.net: ("finished", "已换表"), self.lab: ("accepted", False)}
            )

    def test_helper_reports_all_accepted_work(self):
        self._dispatch(self.case, self.net, self.lab)
        self._accept(self.net)
        self._accept(self.lab)
        self._as("department", self.case)._finish_own_work("已换表")
        self.assertEqual(set(self.case.dispatch_ids.mapped("state")), {"finished"})
