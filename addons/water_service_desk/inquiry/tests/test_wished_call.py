from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterCommon, local


@tagged("post_install", "-at_install")
class TestWishedCall(WaterCommon):
    """Requested calls are made, or withdrawn by the customer (S2.1.1 信守承诺)."""

    def setUp(self):
        super().setUp()
        clock = freeze_time(local("2026-03-11 10:00"))
        clock.start()
        self.addCleanup(clock.stop)
        self.case = self._inquiry()
        self.call = acts.call_back(self._as("agent", self.case), self._later(hours=2)).sudo()
        self.case.answer = "水价每吨三元"

    def test_an_answer_is_no_call(self):
        self._as("agent", self.case).action_answer()
        self.assertEqual((self.call.state, self.call.deadline_id.state), ("open", "running"))
        with self.assertRaisesRegex(UserError, "asked for a call"):
            self._as("agent", self.case).action_close()
        self.assertEqual((self.case.state, self.call.state), ("answered", "open"))

    def test_nothing_ends_on_the_spot_before_it(self):
        with self.assertRaisesRegex(UserError, "asked for a call"):
            self._as("agent", self.case).action_answer_and_close()

    def test_called_it_is_closed(self):
        self._as("agent", self.case).action_answer()
        with freeze_time(self.call.wished_at + timedelta(minutes=1)):
            talk = self._as("agent", self.call)
            talk.action_start()
            talk.outcome = "solved"
            talk.action_done()
            self._as("agent", self.case).action_close()
        self.assertEqual((self.case.state, self.call.deadline_id.state), ("closed", "met"))

    def test_taken_back_it_is_closed(self):
        self._as("agent", self.case).action_answer()
        self._as("agent", self.call).action_cancel()
        self._as("agent", self.case).action_close()
        self.assertEqual((self.case.state, self.call.void_reason), ("closed", "cancelled"))

    def test_settled_on_the_page_it_is_taken_back(self):
        """The customer says that there are no more questions."""
        self._as("agent", self.case).action_answer()
        self.case.sudo()._portal_do("settled", {})
        self.assertEqual((self.case.state, self.call.void_reason), ("closed", "cancelled"))
        self.assertIn("callback_cancelled", self._kinds(self.case))
