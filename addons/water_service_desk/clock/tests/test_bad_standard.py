from contextlib import contextmanager
from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local
from ..models.water_standard_line import LONGEST


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestBadStandard(WaterCommon):
    """A wrong standard is refused with what to do; one that went wrong later stops no case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.standards = cls.env["water.standard"].with_user(cls.users["manager"])
        cls.empty = cls.env["resource.calendar"].create(
            {"name": "Nobody", "attendance_ids": [(5,)]}
        )
        cls.shift = cls.env.ref("water_service_desk.calendar_office").copy({"name": "Shift"})

    def _values(self, code="BAD", **line):
        line = {"kind": "close", "amount": 2, "unit": "working_day", **line}
        return {
            "name": code,
            "code": code,
            "case_model": "water.inquiry",
            "severity": "urgent",
            "line_ids": [Command.create(line)],
        }

    @contextmanager
    def refused(self, words):
        """Expect a ValidationError with ``words``, and no partial save."""
        with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
            yield

    def _messages(self):
        manager = self.users["manager"].partner_id
        return self.env["mail.message"].search([("partner_ids", "in", manager.ids)])

    def test_without_lines(self):
        """By form, by remote call, and by removing the last clock."""
        values = self._values()
        del values["line_ids"]
        with self.refused("needs at least one clock"):
            self.standards.create(values)
        standard = self.standards.create(self._values())
        with self.refused("needs at least one clock"):
            standard.line_ids = [Command.clear()]
        form = Form(self.standards)
        form.name, form.code, form.case_model = "x", "x", "water.inquiry"
        with self.refused("needs at least one clock"):
            form.save()

    def test_the_only_clock_may_be_exchanged(self):
        standard = self.standards.create(self._values())
        line = standard.line_ids
        clock = {"kind": "close", "amount": 3}
        standard.line_ids = [Command.delete(line.id), Command.create(clock)]
        self.assertEqual(standard.line_ids.amount, 3)

    def test_absurd_amounts(self):
        for amount, unit, words in (
            (751, "working_day", "enter at most 750"),
            (6001, "working_hour", "enter at most 6000"),
            (1101, "calendar_day", "enter at most 1100"),
            (2.5, "working_day", "enter a whole number"),
        ):
            with self.subTest(amount=amount, unit=unit):
                with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                    self.standards.create(self._values(amount=amount, unit=unit))
        for amount in (-1, 0, 10001, float("nan"), float("inf")):
            with self.subTest(amount=amount), mute_logger("odoo.sql_db"):
                with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                    self.standards.create(self._values(amount=amount, unit="hour"))
        for percent in (0, 100, -5):
            with self.subTest(percent=percent), mute_logger("odoo.sql_db"):
                with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                    self.standards.create(self._values(warn_percent=percent))

    def test_longest_limits_can_be_worked_out(self):
        """Values that the form accepts can be calculated."""
        office = self.env.ref("water_service_desk.calendar_office")
        for unit, amount in LONGEST.items():
            with self.subTest(unit=unit):
                self.assertGreater(
                    office._water_due_at(fields.Datetime.now(), amount, unit)[0],
                    fields.Datetime.now(),
                )

    def test_messages_are_in_the_readers_language(self):
        standards = self.standards.with_context(lang="zh_CN")
        with self.assertRaisesRegex(ValidationError, "最多"), self.env.cr.savepoint():
            standards.create(self._values(amount=751))
        with self.assertRaisesRegex(ValidationError, "未设置工作时段"):
            standards.create(self._values(calendar_id=self.empty.id))

    def test_calendar_without_hours_is_refused(self):
        with self.refused("“Nobody” has no working hours.*enter its"):
            self.standards.create(self._values(calendar_id=self.empty.id))
        with self.refused("“Nobody” has no working hours.*enter its"):
            self.company.water_calendar_id = self.empty

    def test_hours_in_use_are_not_taken_away(self):
        standard = self.standards.create(self._values(calendar_id=self.shift.id))
        names = f"{standard.display_name}.*Enter hours"
        with self.assertRaisesRegex(ValidationError, names), self.env.cr.savepoint():
            self.shift.attendance_ids = [Command.clear()]
        office = self.company.water_calendar_id
        with self.assertRaisesRegex(ValidationError, "Enter hours"):
            office.attendance_ids = [Command.clear()]

    def test_cases_go_on_when_the_hours_are_gone(self):
        """Default clocks, the manager told; the clocks breach, warn, pause and end as others."""
        self.standards.create(self._values(calendar_id=self.shift.id))
        running = self._inquiry(severity="urgent")
        self.shift.attendance_ids.unlink()
        before = self._messages()
        case = self._inquiry(severity="urgent", answer="答复")
        clock = self._clock(case, "close")
        self.assertEqual(clock.due_at - clock.started_at, timedelta(days=2))
        self.assertTrue(clock.provisional)
        self.assertIn(case.name, (self._messages() - before).body)
        clocks = clock | self._clock(running, "close")
        for row in clocks:
            acts.pause(row, "等客户", self._later(hours=2))
        with freeze_time(self._later(hours=3)):
            self._sweep()
        self.assertEqual(set(clocks.mapped("state")), {"running"})
        with freeze_time(self._later(days=12)):
            self._sweep()
            self.assertEqual(set(clocks.mapped("state")), {"breached"})
            self.assertFalse(clocks.filtered("next_check_at"))
            self.assertTrue(clock.explanation)
            self._as("agent", case).action_answer()
        self.assertTrue(clock.met_at)
        self.env["water.calendar.day"].create({"name": "x", "date": "2026-03-13"})

    def test_a_forwarded_case_without_office_hours(self):
        """The limit of the forwarding body minus one plain day."""
        self.company.water_calendar_id.attendance_ids.unlink()
        values = {"external_source": "12345", "external_due_at": local("2026-03-16 12:00")}
        clock = self._clock(self._inquiry(**values), "external")
        self.assertLocal(clock.due_at, "2026-03-15 12:00")

    def test_a_company_without_any_calendar(self):
        self.company.water_calendar_id = self.company.resource_calendar_id = False
        self.env.ref("water_service_desk.calendar_office").unlink()
        case = self._inquiry()
        self.assertTrue(self._clock(case, "close"))
        self.assertIn("clock_failed", self._kinds(case))

    def test_two_alike(self):
        """For two standards for the same cases the newer applies, and its form says so."""
        first = self.standards.create(self._values("ONE", amount=3))
        second = self.standards.create(self._values("TWO", amount=4))
        self.assertEqual(self._clock(self._inquiry(severity="urgent"), "close").amount, 4)
        self.assertIn(first.display_name, second.overlap_note)
        self.assertNotIn(second.display_name, first.overlap_note or "")
        form = Form(self.standards)
        form.name, form.code, form.case_model = "x", "THREE", "water.inquiry"
        form.severity = "urgent"
        self.assertIn(second.display_name, form.overlap_note)
