from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local
from ..models.water_case_clock import STOPPED

WAITING = {
    "name": "等客户",
    "state": "registered",
    "sequence": 99,
    "waits_for_customer": True,
}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestWaiting(WaterCommon):
    """A stage in which we wait for the customer stops the clocks, within the limit of pauses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stages = cls.env["water.stage"]
        cls.work = stages._of_state("water.inquiry", "registered")
        cls.waiting = cls.work.copy(WAITING)

    def _put(self, case, stage):
        self._as("agent", case).stage_id = stage

    def _registered(self, **values):
        case = self._inquiry(**values)
        return case, self._clock(case, "close")

    def test_stopped_and_running_again(self):
        """The limit moves by the waiting time; both are on record and told."""
        case, clock = self._registered(email_from="customer@example.com")
        due = clock.due_at
        self._put(case, self.waiting)
        pause = clock.pause_ids
        self.assertEqual((clock.state, pause.by_rule, pause.state), ("paused", True, "running"))
        self.assertEqual(pause.until, fields.Datetime.now() + timedelta(days=2))
        with freeze_time("2026-03-12 02:00:00"):
            self._put(case, self.work)
        self.assertEqual((clock.state, pause.minutes), ("running", 1440))
        self.assertGreater(clock.due_at, due)
        kinds = self._kinds(case)
        self.assertEqual((kinds.count("clock_paused"), kinds.count("clock_resumed")), (1, 1))
        self.assertWhole(case)

    def test_other_stages_stop_nothing(self):
        """Between columns without a waiting customer, and between those with one."""
        case, clock = self._registered()
        self._put(case, self.work.copy({**WAITING, "name": "x", "waits_for_customer": False}))
        self.assertEqual((clock.state, len(clock.pause_ids)), ("running", 0))
        self._put(case, self.waiting)
        self._put(case, self.work.copy({**WAITING, "name": "y"}))
        self.assertEqual((clock.state, len(clock.pause_ids)), ("paused", 1))

    def test_the_answer_ends_it(self):
        """After the customer's answer the wait ends, regardless of the column."""
        case, clock = self._registered()
        self._put(case, self.waiting)
        with freeze_time("2026-03-11 05:00:00"):
            case._log_events("customer_message", {"text": "照片已发"})
        self.assertEqual((clock.state, clock.paused_minutes), ("running", 180))

    def test_no_longer_than_without_approval(self):
        """All its pauses together have one limit; then the clock runs by itself."""
        case, clock = self._registered()
        self._put(case, self.waiting)
        with freeze_time("2026-03-12 14:00:00"):  # a day and a half
            self._put(case, self.work)
            self._put(case, self.waiting)
            self.assertEqual(clock.pause_ids[:1].until, fields.Datetime.now() + timedelta(hours=12))
        with freeze_time("2026-03-13 02:00:30"):
            self._sweep()
            self.assertEqual((clock.state, clock.paused_minutes), ("running", 2 * 1440))
            self._put(case, self.work)
            self._put(case, self.waiting)
        self.assertEqual((clock.state, len(clock.pause_ids)), ("running", 2))

    def test_end_passed_unnoticed(self):
        """Paused for two days at most, in any order afterwards."""
        for step, act in (
            ("answer", lambda case: case._log_events("customer_message", {"text": "已寄出"})),
            ("column", lambda case: self._put(case, self.work)),
            ("hand", lambda case: self._as("agent", self._clock(case, "close")).action_resume()),
        ):
            with self.subTest(step):
                case, clock = self._registered()
                self._put(case, self.waiting)
                with freeze_time(local("2026-03-16 10:00")):
                    act(case)
                self.assertEqual((clock.state, clock.paused_minutes), ("running", 2 * 1440))
                self.assertLocal(clock.pause_ids.ended_at, "2026-03-13 10:00")
                self.assertLocal(clock.due_at, "2026-03-17 17:30")

    def test_current_outages(self):
        """Emergencies, late limits, and promised dates."""
        case, clock = self._registered()
        self._put(case, self.waiting)
        self.assertLessEqual(set(case.deadline_ids.pause_ids.deadline_id.mapped("kind")), STOPPED)
        self._put(case, self.work)
        with freeze_time(clock.due_at + timedelta(seconds=1)):
            self._put(case, self.waiting)
        self.assertEqual(len(clock.pause_ids), 1)
        urgent, clock = self._registered(severity="emergency")
        self._put(urgent, self.waiting)
        self.assertFalse(urgent.deadline_ids.pause_ids)

    def test_a_person_ends_his_own(self):
        """A pause requested by hand is not ended by moving the case."""
        case, clock = self._registered()
        acts.pause(self._as("agent", clock), "等第三方", self._later(hours=20))
        self._put(case, self.waiting)
        self.assertEqual(clock.pause_ids.by_rule, False)
        self._put(case, self.work)
        self.assertEqual(clock.state, "paused")
