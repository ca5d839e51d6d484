import re

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAskedLimits(WaterCommon):
    """A request for a pause or an extension stands on the case until it is decided."""

    def setUp(self):
        super().setUp()
        with freeze_time(local("2026-03-10 10:00")):  # 2 working days: 12 March, 17:30
            self.clock = self._clock(self._inquiry(), "close")
        self.case = acts.case_of(self.clock)

    def _asked(self, login="agent"):
        self.env.invalidate_all()
        return self._as(login, self.case).asked_limits

    def _deciders(self, asked):
        """The names that stand between "by" and the next dot."""
        return re.split(", or | or |, ", asked.partition(" · by ")[2].partition(" · ")[0])

    def test_from_when_to_when_and_who_decides(self):
        self.assertFalse(self._asked())
        acts.extend(self._as("agent", self.clock), "等检定", 1, "working_day")
        asked = self._asked("supervisor")
        self.assertEqual(asked, self._asked("agent"))
        for words in (
            "Extension to decide · Completion: 2026-03-12 17:30 → 2026-03-13 17:30",
            f"asked for by {self.users['agent'].name}: 等检定",
        ):
            self.assertIn(words, asked)
        deciders = self._deciders(asked)
        self.assertIn(self.users["supervisor"].name, deciders)
        self.assertNotIn(self.users["agent"].name, deciders)

    def test_users_cannot_decide_for_themselves(self):
        acts.extend(self._as("supervisor", self.clock), "等检定", 1, "working_day")
        deciders = self._deciders(self._asked())
        self.assertNotIn(self.users["supervisor"].name, deciders)
        self.assertIn(self.users["manager"].name, deciders)

    def test_a_long_pause(self):
        """The stated end is where it ends if used fully."""
        acts.pause(self._as("agent", self.clock), "等客户", local("2026-03-30 10:00"))
        self.assertIn("Pause to decide · Completion: 2026-03-12 17:30 → ", self._asked())

    def test_decided_requests_disappear(self):
        request = acts.extend(self._as("agent", self.clock), "等检定", 1, "working_day")
        shown = self._as("supervisor", self.case).action_open_asked_limits()
        rows = self._as("supervisor", self.env[shown["res_model"]]).search(shown["domain"])
        self.assertEqual(rows, request)
        rows.action_approve()
        self.assertFalse(self._asked())
