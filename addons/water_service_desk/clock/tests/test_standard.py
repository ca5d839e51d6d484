from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStandard(WaterCommon):
    """Standards are versioned, explain which of them wins, and never change promises."""

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
        spare = self.standard.copy({"code": "SPARE"}).line_ids[0]
        self.assertTrue(spare.unlink())  # unused editions can be edited
        with self.assertRefused("archive it", self.standard):
            self.standard.unlink()
        self.assertTrue(self.standard.copy({"code": "SPARE-3"}).unlink())
        self.standard.name = "更好的名字"
        line.source = "企业标准 2026"

    def test_no_clock_comes_to_a_standard_that_has_promised(self):
        """Neither a new one past the form of the standard, nor one carried there from another."""
        self._inquiry()
        other = self.standard.copy({"code": "SPARE"})
        spare = self._as("manager", other.line_ids[0])
        new = {"standard_id": self.standard.id, "kind": "plan", "amount": 1}
        for words, call in (
            ("new version", lambda: spare.create(new)),
            ("kept by the system", lambda: spare.write({"standard_id": self.standard.id})),
        ):
            with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                call()
        self.assertTrue(spare.create({**new, "standard_id": other.id}))

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

    def test_archived_while_cases_run(self):
        """Earlier cases keep the version in force at acceptance (S1.1)."""
        with freeze_time(local("2026-03-10 10:00")):
            case = self._inquiry()
            clock = self._clock(case, "close")
        due = clock.due_at
        version = self.standard.browse(self.standard.action_new_version()["res_id"])
        self.standard.action_archive()
        self.assertTrue(self.standard.ended_at)
        case.sudo()._follow_standard("重新判断")
        self.assertEqual((clock.state, clock.due_at), ("running", due))
        again = case.sudo()._restart_clocks(("close",))
        self.assertEqual(again.standard_line_id.standard_id, self.standard)
        self.assertNotIn("clock_failed", self._kinds(case))
        fresh = self._clock(self._inquiry(), "close")
        self.assertEqual(fresh.standard_line_id.standard_id, version)
        late = self._inquiry(received_at=local("2026-03-10 09:00"))
        self.assertEqual(self._clock(late, "close").standard_line_id.standard_id, self.standard)
        self.standard.action_unarchive()
        self.assertFalse(self.standard.ended_at)
        spare = self.standard.copy({"code": "SPARE-2"})  # never used for a promise
        with self.assertRaises(AccessError):
            self._as("manager", spare).ended_at = local("2026-03-01 09:00")

    def test_archived_by_mistake(self):
        """A supervisor may work out by the standards of now, also archived ones."""
        with freeze_time(local("2026-03-10 10:00")):
            own = self.standard.copy({"code": "OWN", "category_id": self._category("gn").id})
            own.line_ids.filtered(lambda line: line.kind == "close").amount = 9
            case = self._inquiry()
        clock = self._clock(case, "close")
        self.assertEqual(clock.amount, 9)
        own.action_archive()
        acts.replan(self._as("supervisor", case), "标准已停用")
        self.assertEqual((clock.state, clock.amount), ("running", 2))

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
            acts.promise(case, "昨天回电", fields.Datetime.now() - timedelta(days=1))
        broken = acts.promise(case, "下午三点前答复", local("2026-03-11 15:00"))
        kept = acts.promise(case, "下午六点前答复", local("2026-03-11 18:00"))
        self.assertEqual(case.next_due_at, broken.due_at)
        with freeze_time(local("2026-03-11 15:01")):
            self._sweep()
            self.assertEqual((broken.state, kept.state), ("breached", "running"))
            case.write({"answer": "已答复", "state": "answered"})
        self.assertEqual((broken.state, bool(broken.met_at)), ("breached", True))
        self.assertEqual((kept.state, kept.met_at), ("met", local("2026-03-11 15:01")))

    def test_a_promise_is_kept_by_what_was_promised(self):
        """A promised call is kept by the call, not by the answer that comes later."""
        case = self._inquiry()
        call = acts.promise(case, "下午三点前回电", local("2026-03-11 15:00"), "contact")
        result = acts.promise(case, "下午六点前答复", local("2026-03-11 18:00"))
        other = acts.promise(case, "送桶装水", local("2026-03-11 20:00"), "other")
        with freeze_time(local("2026-03-11 14:59")):
            acts.contact(self._as("agent", case), "已回电")
        self.assertEqual((call.state, result.state, other.state), ("met", "running", "running"))
        with freeze_time(local("2026-03-11 20:01")):
            self._as("agent", other).action_promise_kept()
        self.assertEqual((other.state, other.breached_at), ("breached", other.due_at))
        self.assertIn("promise_kept", self._kinds(case))
        for clock in (other, self._clock(case, "close")):
            with self.assertRaisesRegex(UserError, "not been kept yet"):
                self._as("agent", clock).action_promise_kept()
        with self.assertRaises(AccessError):
            self._as("plain", result).action_promise_kept()
        self.assertWhole(case)

    def test_an_unkept_promise_ends_with_the_case(self):
        case = self._inquiry()
        promise = acts.promise(case, "下午三点前回电", local("2026-03-11 15:00"), "contact")
        case.action_withdraw()
        self.assertEqual((promise.state, bool(promise.met_at)), ("void", False))
        with self.assertRaisesRegex(UserError, "it can no longer be added to"):
            acts.promise(case, "再回电", local("2026-03-11 15:00"))

    def test_clocks_of_one_case_run_by_calendars_of_their_own(self):
        """A repair clock that never stops beside an answer in office hours and a shift's."""
        shift = self.env.ref("water_service_desk.calendar_office").copy({"name": "Shift"})
        shift.attendance_ids = [
            (0, 0, {"name": "x", "dayofweek": day, "hour_from": 18, "hour_to": 22})
            for day in "0123456"
        ]
        self._new_standard(
            "MANY",
            {"kind": "on_site", "amount": 4, "unit": "hour"},
            {"amount": 2},
            {"kind": "contact", "amount": 1, "calendar_id": shift.id},
            {"kind": "feedback", "amount": 2, "unit": "working_hour"},
            severity="urgent",
        )
        with freeze_time(local("2026-03-13 16:30")):  # a Friday
            case = self._inquiry(severity="urgent")
        for kind, due in (
            ("on_site", "2026-03-13 20:30"),
            ("close", "2026-03-17 17:30"),
            ("contact", "2026-03-14 22:00"),
            ("feedback", "2026-03-16 09:30"),
        ):
            self.assertLocal(self._clock(case, kind).due_at, due)

    def test_replanning_is_reasoned_and_logged(self):
        case = self._inquiry()
        version = self.env["water.standard"].browse(self.standard.action_new_version()["res_id"])
        version.line_ids.filtered(lambda line: line.kind == "close").amount = 1
        with self.assertRaisesRegex(UserError, "reason"):
            acts.replan(self._as("supervisor", case), " ")
        with self.assertRaises(AccessError):
            acts.replan(self._as("agent", case), "新标准")
        acts.replan(self._as("supervisor", case), "新标准自今日起执行")
        clock = self._clock(case, "close")
        self.assertEqual(clock.amount, 1)
        self.assertLocal(clock.due_at, "2026-03-12 17:30")
        self.assertIn("clock_replanned", self._kinds(case))
        self.assertWhole(case)

    def test_customer_class_chooses_the_standard(self):
        self._new_standard("BIZ", {"amount": 1}, customer_class="business")
        account = self.env["water.account"].create(
            {
                "code": "77000001",
                "partner_id": self.customer.id,
                "address": "高新区 1 号",
                "customer_class": "business",
            }
        )
        self.assertEqual(self._clock(self._inquiry(account_id=account.id), "close").amount, 1)
        self.assertEqual(self._clock(self._inquiry(), "close").amount, 2)
