from odoo.exceptions import AccessError
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
        """Neither sees the other: the limit is counted by the hours of before, and looked at again.

        Later on a limit stays as somebody has left it.
        """
        clock = self._clock(self._inquiry(), "close")
        old = {"due_at": clock.due_at, "planned_due_at": clock.planned_due_at}
        triggers = self.env["ir.cron.trigger"].search([])
        self._afternoons(self._as("manager", self.hours)).write({"hour_to": 16.5})
        sweep = self.env.ref("water_service_desk.ir_cron_sweep")
        fresh = (self.env["ir.cron.trigger"].search([]) - triggers).filtered(
            lambda row: row.cron_id == sweep
        )
        self.assertIn(local("2026-03-11 10:05"), fresh.mapped("call_at"))
        for minutes, closing in ((5, "16:30"), (55, "16:30"), (65, "17:30")):
            with self.subTest(minutes), freeze_time(self._later(minutes=minutes)):
                trusted(clock).write(old)
                self.env.flush_all()
                self._sweep()
                self.assertLocal(clock.due_at, f"2026-03-13 {closing}")

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
        """Lines are taken out and entered anew: no limit moves for what stands in between."""
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

    def test_nobody_gives_himself_time(self):
        """Who keeps the hours does not lengthen them for work of his own; another one does."""
        mine = self._inquiry()
        trusted(mine).user_id = self.users["manager"]
        late = {"hour_to": 19}
        with (
            self.assertRefused(f"more time for your own work: {mine.name}", mine.deadline_ids),
            self.env.cr.savepoint(),
        ):
            self._afternoons(self._as("manager", self.hours)).write(late)
        manager2 = self._new_user("manager2", "water_service_desk.group_manager")
        self._afternoons(self.hours.with_user(manager2)).write(late)
        self.assertLocal(self._clock(mine, "close").due_at, "2026-03-13 19:00")

    def test_what_was_refused_is_not_remembered(self):
        """No limit is worked out by hours, or days, that were taken back with a refusal."""
        mine = self._inquiry()
        due = self._clock(mine, "close").due_at
        trusted(mine).user_id = self.users["manager"]
        day = {"name": "放假", "date": "2026-03-12"}
        for act in (
            lambda: self._as("manager", self.env["water.calendar.day"]).create(day),
            lambda: self._afternoons(self._as("manager", self.hours)).write({"hour_to": 23}),
        ):
            with self.assertRefused("more time for your own work"), self.env.cr.savepoint():
                act()
            limit = local("2026-03-11 10:00"), 2, "working_day"
            self.assertEqual(self.hours._water_due_at(*limit)[0], due)

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

    # -- what is kept --------------------------------------------------------------------------

    def _history(self):
        """What was kept of a change by people, the oldest first."""
        rows = self.env["water.hours.change"].search([("user_id", "!=", self.env.uid)])
        return rows.sorted("id")

    def test_changed_and_changed_back(self):
        """Whoever lengthens the hours, has others' limits move and puts them back stays known."""
        self._inquiry()
        lines = self._afternoons(self._as("manager", self.hours)).filtered(
            lambda line: line.dayofweek == "4"
        )
        lines.write({"hour_to": 19})
        lines.write({"hour_to": 17.5})
        longer, back = self._history()
        self.assertEqual(
            longer.text, "− Friday 08:30–12:00 13:30–17:30\n+ Friday 08:30–12:00 13:30–19:00"
        )
        self.assertEqual(
            back.text, "− Friday 08:30–12:00 13:30–19:00\n+ Friday 08:30–12:00 13:30–17:30"
        )
        self.assertEqual((longer | back).user_id, self.users["manager"])
        self.assertEqual((longer | back).calendar_id, self.hours)
        self.assertTrue(longer.clock_count and longer.clock_count == back.clock_count)
        for login in ("manager", "su"):
            with self.assertRaises(AccessError):
                self._as(login, longer).write({"text": "x"})
            with self.assertRaises(AccessError):
                self._as(login, longer).unlink()
        with self.assertRaisesRegex(AccessError, "history is kept by the system"):
            self._as("su", longer).write({"text": "x"})

    def test_days_are_kept(self):
        self._inquiry()
        days = self._as("manager", self.env["water.calendar.day"])
        day = days.create({"name": "防汛", "date": "2026-03-12"})
        day.write({"kind": "work"})
        day.unlink()
        made, changed, gone = self._history()
        self.assertEqual(made.text, "+ 2026-03-12 Day off 防汛")
        self.assertEqual(
            changed.text, "− 2026-03-12 Day off 防汛\n+ 2026-03-12 Make-up working day 防汛"
        )
        self.assertEqual(gone.text, "− 2026-03-12 Make-up working day 防汛")
        self.assertTrue(made.clock_count and changed.clock_count)
        self.assertEqual(made.name, self.hours.display_name)

    def test_other_hours_of_the_company_are_kept(self):
        other = self.hours.copy({"name": "轮班"})
        self._as("manager", self.company).sudo().water_calendar_id = other
        [row] = self._history().filtered(lambda row: self.company.name in row.text)
        self.assertEqual(row.calendar_id, other)
        self.assertIn(f"− {self.company.name}: {self.hours.display_name}", row.text)
        self.assertIn("+ ", row.text)

    def test_hours_of_others_are_not_kept(self):
        other = self.env["resource.calendar"].create({"name": "轮班", "tz": "Asia/Shanghai"})
        self._as("manager", other.attendance_ids).write({"hour_to": 23})
        self._as("manager", self.hours.attendance_ids[:1]).name = "上午班"
        self.assertFalse(self._history())

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
