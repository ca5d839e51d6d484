from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .common import CompensationCommon


@tagged("post_install", "-at_install")
class TestCompensationPayable(CompensationCommon):
    """Clocks of payment: of every type of case, and one for each day by which something is owed."""

    def _payment_clocks(self, case):
        self.env.invalidate_all()
        clocks = case.deadline_ids.filtered(lambda clock: clock.kind == "payment").sorted("due_at")
        return clocks.mapped(lambda clock: (str(clock.due_at)[5:10], clock.state))

    def _paid_at(self, row, moment):
        with freeze_time(local(moment)):
            self._post(row)
            self._pay(row)
            self._sweep()

    def test_repair_and_question(self):
        """An appointment is missed of a request more often than of a complaint."""
        requests = self._as("agent", self.env["water.request"])
        for case in (requests.create(self._request_values()), self._inquiry()):
            with self.subTest(case._name):
                case = case.with_env(self.env)
                row = self._approved(case=case, due_on="2026-03-20")
                self._paid_at(row, "2026-03-19 10:00")
                with freeze_time(local("2026-03-21 10:00")):
                    self._sweep()
                self.assertEqual(self._payment_clocks(case), [("03-20", "met")])

    def test_payable_on_two_days(self):
        """Each is paid by its own date; neither affects the other."""
        case = self._complaint()
        first = self._approved(case=case, due_on="2026-03-20")
        later = self._approved(case=case, due_on="2026-03-27", partner_id=self.customer2.id)
        self._paid_at(first, "2026-03-19 10:00")
        with freeze_time(local("2026-03-21 10:00")):
            self._sweep()
        self.assertEqual(self._payment_clocks(case), [("03-20", "met"), ("03-27", "running")])
        self._paid_at(later, "2026-03-26 10:00")
        self.assertEqual(self._payment_clocks(case), [("03-20", "met"), ("03-27", "met")])
        self.assertEqual(
            [event.payload["numbers"] for event in self._events(case, "paid")],
            [[first.name], [later.name]],
        )

    def test_the_earlier_one_comes_later(self):
        """Those due earlier appear on the duty board by their own day."""
        case = self._complaint()
        later = self._approved(case=case, due_on="2026-03-27")
        first = self._approved(case=case, due_on="2026-03-20", partner_id=self.customer2.id)
        with freeze_time(local("2026-03-21 10:00")):
            self._sweep()
        states = [("03-20", "breached"), ("03-27", "running")]
        self.assertEqual(self._payment_clocks(case), states)
        acts.withdraw(self._as("supervisor", first), "重复")
        self.assertEqual(self._payment_clocks(case)[1], ("03-27", "running"))
        self._paid_at(later, "2026-03-26 10:00")
        self.assertEqual(self._payment_clocks(case)[1], ("03-27", "met"))
