from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import NOW, WaterCommon, local
from ...base.trust import trusted


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestHoursChange(WaterCommon):
    """The hours of the week change while clocks run: they follow, as with special days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.company.water_calendar_id

    def _afternoons(self, hours=None):
        lines = (hours or self.hours).attendance_ids
        return lines.filtered(lambda line: line.hour_to == 17.5)

    def _replanned(self, case):
        self.env.invalidate_all()
        return case.event_ids.filtered(lambda row: row.kind == "clock_replanned")

    def test_earlier_closing(self):
        """The limit is what the rule now gives, whether or not another day is entered later."""
        case = self._inquiry()
        clock = self._clock(case, "close")
        self.assertLocal(clock.due_at, "2026-03-13 17:30")
        self._afternoons(self._as("manager", self.hours)).write({"hour_to": 16.5})
        self.assertLocal(clock.due_at, "2026-03-13 16:30")
        self.assertLocal(clock.moved_from, "2026-03-13 17:30")
        event = self._replanned(case)
        self.assertEqual(event.user_id, self.users["manager"])
        self.assertEqual(
            event.payload,
            {
                "clock": "close",
                "old": local("2026-03-13 17:30").isoformat(),
                "new": local("2026-03-13 16:30").isoformat(),
                "reason": "The working time of the calendar has changed.",
            },
        )

    def test_filed_while_they_are_changed(self):
        """Neither sees the other: counted by the hours of before, the limit is worked out again."""
        clock = self._clock(self._inquiry(), "close")
        old = {"due_at": clock.due_at, "planned_due_at": clock.planned_due_at}
        cron = self.env.ref("water_service_desk.ir_cron_recount")
        self._afternoons(self._as("manager", self.hours)).write({"hour_to": 16.5})
        calls = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(local("2026-03-11 10:10"), calls.mapped("call_at"))
        trusted(clock).write(old)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertLocal(clock.due_at, "2026-03-13 16:30")

    def test_put_right_before_anybody_was_told(self):
        """A slip of the pen that is mended at once is no news for customers."""
        case = self._inquiry(email_from="zhang@example.com")
        lines, clock = self._afternoons(self._as("manager", self.hours)), self._clock(case, "close")
        for closing, heard in ((16.5, 0), (17.5, 0), (16.5, 1)):
            lines.write({"hour_to": closing})
            if closing == 17.5 or heard:
                self._sweep()
                self.assertFalse(clock.moved_from)
            told = [("inquiry_id", "=", case.id), ("subject", "like", "New date for")]
            self.assertEqual(self.env["water.message"].search_count(told), heard)

    def test_all_lines_of_a_form_are_one_change(self):
        """Lines are taken out and entered anew: no limit moves for the days between."""
        case = self._inquiry()
        lines = [
            {"name": "一", "dayofweek": str(day), "hour_from": start, "hour_to": end}
            for day in range(5)
            for start, end in ((8.5, 12), (13.5, 18))
        ]
        self._as("manager", self.hours).write(
            {"attendance_ids": [Command.clear(), *map(Command.create, lines)]}
        )
        self.assertLocal(self._clock(case, "close").due_at, "2026-03-13 18:00")
        self.assertEqual(len(self._replanned(case)), 1)

    def test_lines_one_by_one(self):
        """A working Saturday is entered, and taken out again."""
        with freeze_time(local("2026-03-12 10:00")):
            case = self._inquiry()
            clock = self._clock(case, "close")
            self.assertLocal(clock.due_at, "2026-03-16 17:30")
            saturday = {"name": "六", "dayofweek": "5", "hour_from": 9, "hour_to": 12}
            lines = self._as("manager", self.hours.attendance_ids)
            line = lines.create({**saturday, "calendar_id": self.hours.id})
            self.assertLocal(clock.due_at, "2026-03-14 12:00")
            line.unlink()
            self.assertLocal(clock.due_at, "2026-03-16 17:30")

    def test_the_zone_of_the_calendar(self):
        clock = self._clock(self._inquiry(), "close")
        self._as("manager", self.hours).tz = "Asia/Tokyo"
        self.assertLocal(clock.due_at, "2026-03-13 16:30")

    def test_other_names_and_calendars_move_nothing(self):
        case = self._inquiry()
        other = self.env["resource.calendar"].create({"name": "轮班", "tz": "Asia/Shanghai"})
        self._as("manager", self.hours.attendance_ids[:1]).name = "上午班"
        self._as("manager", other.attendance_ids).write({"hour_to": 23})
        self.assertFalse(self._replanned(case))
