from datetime import timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon, local


@tagged("post_install", "-at_install")
class TestInquiryPromise(WaterCommon):
    """Without an immediate answer a time is promised (S2.3.1d): a Wednesday, two working days."""

    DUE = "2026-03-13 17:30"

    def test_promised_by_the_standard(self):
        case = self._inquiry()
        self.assertFalse(case.promised_due_at)
        self._as("agent", case).action_process()
        self.assertLocal(case.promised_due_at, self.DUE)
        self.assertFalse(self._clock(case, "promise"), "the limit itself keeps it")

    def test_answered_at_once(self):
        """No promise after the answer."""
        case = self._inquiry(answer="从220立方米开始")
        self._as("agent", case).action_answer_and_close()
        self.assertFalse(case.promised_due_at)

    def test_an_earlier_promise_stays(self):
        early = local("2026-03-12 12:00")
        case = self._inquiry(promised_due_at=early)
        self._as("agent", case).action_process()
        self.assertEqual(case.promised_due_at, early)

    def test_never_later_than_the_standard(self):
        """Neither when it is registered nor before the customer has been told."""
        late = local(self.DUE) + timedelta(minutes=1)
        with self.assertRefused("promise no later than 2026-03-13 17:30"):
            self._inquiry(promised_due_at=late)
        case = self._inquiry()
        for login in ("agent", "supervisor"):
            with self.assertRefused("promise no later than 2026-03-13 17:30", case):
                self._as(login, case).promised_due_at = late

    def test_follows_an_extension(self):
        case = self._inquiry()
        self._as("agent", case).action_process()
        self._clock(case, "close").sudo()._move_due(local("2026-03-17 17:30"), False)
        self.assertLocal(case.promised_due_at, "2026-03-17 17:30")

    def test_an_earlier_promise_is_not_extended(self):
        early = local("2026-03-12 12:00")
        case = self._inquiry(promised_due_at=early)
        self._as("agent", case).action_process()
        self._clock(case, "close").sudo()._move_due(local("2026-03-17 17:30"), False)
        self.assertEqual(case.promised_due_at, early)

    def test_promised_anew_when_it_is_taken_up_again(self):
        case = self._inquiry()
        work = self._as("agent", case)
        work.action_process()
        work.answer = "从220立方米开始"
        work.action_answer()
        with freeze_time(local("2026-03-16 10:00")):
            work.action_reopen()
        self.assertLocal(case.promised_due_at, "2026-03-18 17:30")
