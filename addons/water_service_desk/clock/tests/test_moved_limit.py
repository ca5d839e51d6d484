from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMovedLimit(WaterCommon):
    """A limit that moves is warned of by the new one, and to-dos about it go where it goes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(local("2026-03-10 10:00")):
            cls.case = (
                cls.env["water.inquiry"]
                .with_user(cls.users["agent"])
                .create(cls._inquiry_values())
                .with_env(cls.env)
            )
        cls.clock = cls.case.deadline_ids.filtered(lambda clock: clock.kind == "close")

    def _swept_at(self, moment):
        with freeze_time(local(moment)):
            self._sweep()
        self.env.invalidate_all()

    def _reminded(self):
        """When the agent was told of parts of the time, oldest first."""
        notices = self.env["water.escalation.notice"].search(
            [("deadline_id", "=", self.clock.id), ("step_id.moment", "=", "percent")], order="at"
        )
        mine = notices.filtered(lambda row: row.user_id == self.users["agent"])
        return [(row.step_id.percent, row.at) for row in mine]

    def _extended(self, days, at):
        with freeze_time(local(at)):
            asked = acts.extend(self._as("agent", self.clock), "等厂家", days, "working_day")
            self._as("supervisor", asked).action_approve()
        self.env.invalidate_all()

    def _todos(self, login="agent"):
        return self.case.activity_ids.filtered(lambda row: row.user_id == self.users[login])

    def test_extended_after_the_warning(self):
        """People reminded of the old limit are reminded of the new one, once."""
        self.assertLocal(self.clock.due_at, "2026-03-12 17:30")
        self._swept_at("2026-03-12 15:00")
        self.assertEqual([percent for percent, _at in self._reminded()], [50, 80])
        self.assertEqual(self.case.deadline_state, "soon")
        self._extended(5, "2026-03-12 15:30")
        self.assertLocal(self.clock.due_at, "2026-03-19 17:30")
        self._swept_at("2026-03-12 15:31")
        self.assertEqual(self.case.deadline_state, "ok")
        self.assertEqual(len(self._reminded()), 2)
        self._swept_at("2026-03-19 15:00")
        self.assertEqual(self.case.deadline_state, "soon")
        self.assertEqual([percent for percent, _at in self._reminded()], [50, 80, 50, 80])
        self._swept_at("2026-03-19 16:00")
        self.assertEqual(len(self._reminded()), 4)
        self.assertEqual(self._kinds(self.case).count("clock_warned"), 2)
        self.assertWhole(self.case)

    def test_a_pause_reminds_of_nothing_again(self):
        """As much of the time has passed after a pause as before it."""
        self._swept_at("2026-03-12 15:00")
        with freeze_time(local("2026-03-12 15:30")):
            acts.pause(self._as("agent", self.clock), "等客户", local("2026-03-13 15:30"))
        self._swept_at("2026-03-13 15:31")
        self.assertEqual((self.clock.state, len(self._reminded())), ("running", 2))
        self.assertEqual(self.case.deadline_state, "soon")

    def test_to_dos_go_with_the_limit(self):
        """One for each person, on the day of the limit; none when it is over."""
        self._swept_at("2026-03-12 08:31")
        self._swept_at("2026-03-12 15:00")
        self.assertEqual(len(self._todos()), 1)
        self._extended(5, "2026-03-12 15:30")
        self._swept_at("2026-03-12 15:31")
        self.assertEqual(str(self._todos().date_deadline), "2026-03-19")
        self._swept_at("2026-03-19 15:00")
        self.assertEqual(len(self._todos()), 1)
        with freeze_time(local("2026-03-19 16:00")):
            self._as("agent", self.case).answer = "第二阶梯从 220 立方米开始。"
            self._as("agent", self.case).action_answer()
        self._swept_at("2026-03-19 16:01")
        self.assertFalse(self.case.activity_ids)

    def test_to_dos_of_what_was_missed(self):
        """They last as long as the work; withdrawn, it has none."""
        self._swept_at("2026-03-16 08:31")
        self.assertEqual(self.clock.state, "breached")
        self.assertTrue(self._todos())
        with freeze_time(local("2026-03-16 09:00")):
            self._as("agent", self.case).action_withdraw()
        self._swept_at("2026-03-16 09:01")
        self.assertFalse(self.case.activity_ids)

    def test_finished_activity_is_asked_again(self):
        self._swept_at("2026-03-12 08:31")
        self._as("agent", self._todos()).action_feedback("已联系")
        self._swept_at("2026-03-12 15:00")
        self.assertEqual(len(self._todos()), 1)

    def test_warned_by_the_graver_limit(self):
        """80 % of four hours is not days before they began."""
        line = {"amount": 20, "unit": "hour", "warn_percent": 80}
        self._new_standard("T-U", line, severity="urgent", valid_from="2026-01-01")
        with freeze_time(local("2026-03-10 10:01")):
            acts.retriage(self._as("agent", self.case), {"severity": "urgent"}, "漏水")
            self._sweep()
        self.assertLocal(self.clock.due_at, "2026-03-11 06:00")
        self.assertLocal(self.clock.warn_at, "2026-03-11 02:00")
        self.assertFalse(self.clock.warned_at)
        self.assertEqual(self.case.deadline_state, "ok")

    def test_warned_by_the_calendar_of_now(self):
        """A day off behind the warning moves the limit and not the warning."""
        with freeze_time(local("2026-03-10 10:00")):
            standard = self.env.ref("water_service_desk.standard_inquiry")
            longer = standard.copy({"code": "T-5", "category_id": self._category("gn").id})
            longer.line_ids.filtered(lambda line: line.kind == "close").amount = 5
            clock = self._clock(self._inquiry(), "close")
            self.assertLocal(clock.due_at, "2026-03-17 17:30")
            self.assertLocal(clock.warn_at, "2026-03-16 17:30")
            self.env["water.calendar.day"].create(
                {"name": "临时放假", "date": "2026-03-17", "calendar_id": clock.calendar_id.id}
            )
        self.assertLocal(clock.due_at, "2026-03-18 17:30")
        self.assertLocal(clock.warn_at, "2026-03-16 17:30")
