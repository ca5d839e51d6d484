from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from .common import NOW, WaterCommon, local


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStandard(WaterCommon):
    """Standards are versioned, explain which of them wins, and never change what was promised."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls.env.ref("water_service_desk.standard_inquiry")

    def test_a_standard_that_has_promised_is_not_edited(self):
        self._inquiry()
        line = self.standard.line_ids[0]
        with self.assertRaisesRegex(UserError, "new version"):
            line.amount = 9
        with self.assertRaisesRegex(UserError, "new version"):
            self.standard.severity = "urgent"
        with self.assertRaisesRegex(UserError, "new version"):
            line.unlink()
        self.standard.name = "更好的名字"
        line.source = "企业标准 2026"

    def test_new_version_holds_from_its_day_and_running_clocks_keep_theirs(self):
        old = self._inquiry()
        due = self._clock(old, "close").due_at
        action = self.standard.action_new_version()
        version = self.env["water.standard"].browse(action["res_id"])
        self.assertEqual((version.version, version.code), (2, self.standard.code))
        version.line_ids.filtered(lambda line: line.kind == "close").amount = 1
        version.valid_from = fields.Date.to_date("2026-03-12")
        self.assertEqual(self._clock(old, "close").due_at, due)
        self.assertEqual(self._clock(self._inquiry(), "close").amount, 2)
        with freeze_time(local("2026-03-12 09:00")):
            self.assertEqual(self._clock(self._inquiry(), "close").amount, 1)
            late = self._inquiry(received_at=local("2026-03-11 09:00"))
        self.assertEqual(self._clock(late, "close").amount, 2)

    def test_no_clocks_is_refused(self):
        form = Form(self.env["water.standard"])
        form.name, form.code, form.case_model = "空", "EMPTY", "water.inquiry"
        with self.assertRaisesRegex(ValidationError, "promises nothing"):
            form.save()

    def test_form_says_which_others_lose(self):
        urgent = self.env["water.standard"].create(
            {
                "name": "紧急咨询",
                "code": "URGENT",
                "case_model": "water.inquiry",
                "severity": "urgent",
                "line_ids": [(0, 0, {"kind": "close", "amount": 4, "unit": "hour"})],
            }
        )
        self.assertIn(self.standard.display_name, urgent.overlap_note)
        self.assertFalse("紧急咨询" in (self.standard.overlap_note or ""))
        self.assertEqual(self._clock(self._inquiry(severity="urgent"), "close").amount, 4)

    def test_loading_holidays_settles_provisional_clocks(self):
        self.env["water.calendar.day"].search([("date", ">=", "2026-01-01")]).unlink()
        with freeze_time(local("2026-09-30 16:40")):
            case = self._inquiry()
            clock = self._clock(case, "close")
            self.assertTrue(clock.provisional)
            self.assertLocal(clock.due_at, "2026-10-02 17:30")
            self.env["water.calendar.day"]._load_china([2026])
        self.assertFalse(clock.provisional)
        self.assertLocal(clock.due_at, "2026-10-09 17:30")
        self.assertIn("clock_replanned", self._kinds(case))
        self.assertWhole(case)

    def test_external_limit_minus_one_working_day(self):
        case = self._inquiry(
            channel_id=self._channel("hotline12345").id,
            external_source="12345",
            external_due_at=local("2026-03-16 12:00"),
        )
        clock = self._clock(case, "external")
        self.assertLocal(clock.due_at, "2026-03-13 17:30")
        self.assertEqual(case.next_due_at, self._clock(case, "close").due_at)
        case.external_due_at = local("2026-03-12 12:00")
        self.assertEqual(clock.state, "void")
        self.assertLocal(case.next_due_at, "2026-03-11 17:30")
        case.write({"answer": "已答复", "state": "answered"})
        self.assertEqual(self._clock(case, "external").state, "met")

    def test_promises_are_kept_or_broken(self):
        case = self._inquiry()
        with self.assertRaises(ValidationError):
            case._promise("昨天回电", fields.Datetime.now() - timedelta(days=1))
        clock = case._promise("下午三点前回电", local("2026-03-11 15:00"))
        self.assertEqual(case.next_due_at, clock.due_at)
        with freeze_time(local("2026-03-11 15:01")):
            self._sweep()
        self.assertEqual(clock.state, "breached")
        case.write({"answer": "已答复", "state": "answered"})
        self.assertEqual((clock.state, bool(clock.met_at)), ("breached", True))
