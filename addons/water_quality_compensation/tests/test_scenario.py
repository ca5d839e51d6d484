from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local


@tagged("post_install", "-at_install")
class TestScenario(ComplaintCommon):
    """Whole stories to the minute: Golden Week with its make-up Saturday, and a transfer."""

    def _at(self, text):
        """Run at a wall-clock time in Shanghai."""
        return freeze_time(fields.Datetime.to_string(local(text)))

    def assertDue(self, case, kind, text):
        """The clock of ``kind`` ends at the wall-clock time ``text``."""
        clock = self._clock(case, kind)
        self.assertTrue(clock, kind)
        self.assertLocal(clock.due_at, text)

    def assertMet(self, case, text, *kinds):
        """The clocks of these kinds were met at the wall-clock time ``text``."""
        for kind in kinds:
            clock = self._clock(case, kind)
            self.assertEqual(clock.state, "met", kind)
            self.assertLocal(clock.met_at, text)

    def _sweep_at(self, text):
        with self._at(text):
            self._sweep()

    def _warned(self, case):
        return self._clock(case, "close").warned_at

    # -- S-1 -------------------------------------------------------------------------------

    def test_scenario_s1(self):
        """An estimated reading, received on the eve of the holiday, archived two weeks later."""
        with self._at("2026-09-30 16:40"):
            case = self._complaint()
        agent = self.users["agent"]
        self.assertEqual((case.severity, case.first_responsible_id), ("normal", agent))
        self.assertDue(case, "contact", "2026-09-30 18:40")
        self.assertDue(case, "verify", "2026-10-09 17:30")
        self.assertDue(case, "close", "2026-10-13 17:30")
        self.assertLocal(case.promised_at, "2026-10-13 17:30")
        self.assertLocal(self._clock(case, "close").warn_at, "2026-10-12 17:30")
        self.assertFalse(any(case.deadline_ids.mapped("provisional")))
        explanation = self._clock(case, "close").explanation
        self.assertIn("off in between: National Day.", explanation)
        with self._at("2026-09-30 17:05"):
            acts.contact(self._as("agent", case), "电话联系")
            self._step_dispatched(case, "agent", self.net)
        self.assertMet(case, "2026-09-30 17:05", "contact")
        with self._at("2026-10-08 09:00"):
            self._step_investigating(case, "agent", self.net)
        with self._at("2026-10-09 16:00"):
            self._step_handling(case, "agent", self.net)
        self.assertMet(case, "2026-10-09 16:00", "verify")
        self._finish_on_the_fourth_day(case)
        self.assertEqual(self._clock(case, "close").state, "running")
        with self._at("2026-10-12 15:20"):
            self._notify(case)
            self._step_confirmed(case, "agent", self.net)
        self.assertMet(case, "2026-10-12 15:20", "close")
        self.assertDue(case, "callback", "2026-10-15 17:30")
        self.assertLocal(case.callback_ids.due_at, "2026-10-15 17:30")
        with self._at("2026-10-14 10:00"):
            self._step_callback(case, "agent", self.net)
            self._step_archived(case, "agent", self.net)
        self.assertMet(case, "2026-10-14 10:00", "callback")
        self.assertEqual((case.state, case.resolution), ("archived", "估38方, 实际21方, 已更正"))
        self.assertEqual(set(case.deadline_ids.mapped("state")), {"met"})
        self.assertEqual(case.first_responsible_id, agent)
        self.assertWhole(case)

    def _finish_on_the_fourth_day(self, case):
        with self._at("2026-10-12 11:00"):
            dispatch = self._as("department", self._lead(case))
            dispatch.result = "估38方, 实际21方, 已更正"
            dispatch.action_finish()

    def test_scenario_s1_warnings(self):
        """Left alone: warned at close of the 4th day, late right after that of the 5th."""
        with self._at("2026-09-30 16:40"):
            case = self._complaint()
        self._sweep_at("2026-10-12 17:29")
        self.assertFalse(self._warned(case))
        self._sweep_at("2026-10-12 17:30")
        self.assertLocal(self._warned(case), "2026-10-12 17:30")
        self._sweep_at("2026-10-13 17:29")
        self.assertEqual(self._clock(case, "close").state, "running")
        self._sweep_at("2026-10-13 17:30:01")
        self.assertEqual(self._clock(case, "close").state, "breached")
        self.assertEqual(self._clock(case, "contact").breached_at, local("2026-09-30 18:40"))

    def test_scenario_s1_variants(self):
        """Received on the holiday itself, and before the worked Sunday."""
        for received, close in (
            ("2026-10-03 11:00", "2026-10-13 17:30"),
            ("2026-09-18 11:00", "2026-09-24 17:30"),
        ):
            with self._at(received):
                case = self._complaint()
            with self.subTest(received=received):
                self.assertDue(case, "close", close)

    # -- S-5 -------------------------------------------------------------------------------

    def _transferred(self):
        """Yellow water: sent to the wrong department, returned, and sent on by the supervisor."""
        with self._at("2026-06-17 09:05"):
            case = self._complaint(category_id=self._category("wq01").id)
        self.assertEqual(case.severity, "urgent")
        with self._at("2026-06-17 09:20"):
            self._step_dispatched(case, "agent", self.net)
        with self._at("2026-06-17 10:05"):
            acts.reject(self._as("department", self._lead(case)), "属水质")
        self.assertEqual((case.state, case.rejection_count), ("registered", 1))
        with self._at("2026-06-17 10:12"):
            self._dispatch(case, self.lab, self.net, login="supervisor")
        return case

    def assertCounted(self, case, due):
        """Every clock runs from the receipt to its limit of ``due``."""
        for kind, text in due.items():
            self.assertDue(case, kind, text)
            self.assertLocal(self._clock(case, kind).started_at, "2026-06-17 09:05")

    def _absent_for_a_day(self, case):
        """陈晨 is on leave on the 22nd: a deputy acts, and the case returns automatically."""
        first, acting = self.users["agent"], self.users["agent2"]
        back = local("2026-06-23 08:30")
        with self._at("2026-06-22 08:30"):
            acts.appoint_deputy(self._as("supervisor", case), acting, back, "陈晨请假一天")
            self.assertEqual(case._acting_responsible(), acting)
            self.assertEqual(case.first_responsible_id, first)
        with self._at("2026-06-22 15:00"):
            dispatch = self._as("department2", self._lead(case))
            dispatch.result = "已排放冲洗至浊度达标"
            dispatch.action_finish()
            case.invalidate_recordset()
            self.assertEqual(case.user_id, acting)
        with self._at("2026-06-23 08:30"), self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_deputies").method_direct_trigger()
        case.invalidate_recordset()
        self.assertEqual((case.user_id, case.acting_responsible_id.id), (first, False))
        self.assertEqual(case.original_responsible_id, first)

    def test_scenario_s5(self):
        """Every clock counts from 9:05, never from the second dispatch; 陈晨 answers for it."""
        case = self._transferred()
        due = {
            "accept": "2026-06-17 09:15",
            "on_site": "2026-06-17 11:05",
            "verify": "2026-06-18 09:05",
            "close": "2026-06-23 17:30",
        }
        self.assertEqual(set(case.deadline_ids.mapped("kind")) - {"dispatch", "work"}, set(due))
        self.assertCounted(case, due)
        with self._at("2026-06-17 10:20"):  # the helper first: the lead's clock runs on
            helper = case.dispatch_ids.filtered(
                lambda row: row.role == "support" and row.state == "sent"
            )
            self._as("department", helper).action_accept()
            self.assertFalse(self._clock(case, "accept").met_at)
            self._step_investigating(case, "agent", self.lab)
        self.assertEqual(self._clock(case, "accept").state, "breached")
        with self._at("2026-06-17 10:58"):
            self._as("department2", case).action_arrived()
        self.assertMet(case, "2026-06-17 10:58", "on_site")
        with self._at("2026-06-18 08:50"):
            self._as("department2", case).cause_id = self.env.ref("water_complaints.cause_net01")
            self._step_handling(case, "agent", self.lab)
        self.assertMet(case, "2026-06-18 08:50", "verify")
        verified = case.event_ids.filtered(lambda row: row.kind == "verified")
        self.assertEqual(verified.payload["cause"], "NET01")
        self._absent_for_a_day(case)
        with self._at("2026-06-23 09:10"):
            helpers = case.dispatch_ids.filtered(lambda row: row.role == "support")
            self._as("agent2", helpers & self._at_work(case)).action_withdraw()
            notice = self._notify(case, "agent2")
        self.assertEqual(notice.sent_by_id, self.users["agent2"])
        self.assertEqual(notice.signed_by_id, self.users["agent"])
        self.assertMet(case, "2026-06-23 09:10", "close")
        self.assertCounted(case, due)
        self.assertEqual(case.deadline_ids.mapped("kind").count("close"), 1)
        self.assertOneReturn(case)
        self.assertWhole(case)

    def assertOneReturn(self, case):
        """Statistics: one wrong dispatch, one return with its reason, by sender and department."""
        domain = [("complaint_id", "=", case.id), ("state", "=", "rejected")]
        rows = self._as("quality", self.env["water.dispatch"])._read_group(
            domain,
            ["department_id", "reject_reason_id", "sent_by_id"],
            ["return_count:sum", "wrong_share:sum"],
        )
        kind = self.env.ref("water_service_desk.dispatch_reason_not_ours")
        self.assertEqual(rows, [(self.net, kind, self.users["agent"], 1, 100.0)])
        returned = case.dispatch_ids.filtered(lambda row: row.state == "rejected")
        self.assertEqual(returned.reject_reason, "属水质")
        self.assertEqual(case.rejection_count, 1)
        self.assertFalse(case.bounced_at)

    def test_scenario_s5_third_return(self):
        """A third return is a dispute: it goes up the line by itself."""
        case = self._transferred()
        kind = self.env.ref("water_service_desk.mail_activity_type_bounce")
        for moment, department in (("10:30", self.lab), ("10:50", self.net)):
            with self._at(f"2026-06-17 {moment}"):
                worker = "department2" if department == self.lab else "department"
                acts.reject(self._as(worker, self._lead(case)), "不属我部门")
                self.assertEqual(bool(case.bounced_at), department == self.net)
                asked = case.activity_ids.filtered(lambda row: row.activity_type_id == kind).user_id
                other = self.net if department == self.lab else self.lab
                self._dispatch(case, other, login="supervisor")
        self.assertEqual(case.rejection_count, 3)
        self.assertLocal(case.bounced_at, "2026-06-17 10:50")
        self.assertIn(self.users["supervisor"], asked)
        self.assertFalse(case.activity_ids.filtered(lambda row: row.activity_type_id == kind))
        self.assertIn("bounced", self._kinds(case))
        self.assertDue(case, "close", "2026-06-23 17:30")
        self.assertWhole(case)

    def test_scenario_s5_letter(self):
        """The formal answer bears 陈晨's name, no matter who sends it."""
        case = self._complaint_at("handling", email_from="li@example.com")
        dispatch = self._as("department", self._lead(case))
        dispatch.result = "已冲洗"
        dispatch.action_finish()
        until = self._later(days=1)
        acts.appoint_deputy(self._as("supervisor", case), self.users["agent2"], until, "陈晨请假")
        notice = self._notify(case, "agent2")
        letters = self.env["report.water_complaints.report_water_notice"]
        self.users["agent"].name = "陈晨"
        self.assertIn("陈晨", letters._letter(notice.sudo())["responsible"])

    def test_scenario_s5_late(self):
        """A minute after the limits the clocks are broken, regardless of the second department."""
        case = self._transferred()
        self._sweep_at("2026-06-17 11:04")
        self.assertEqual(self._clock(case, "on_site").state, "running")
        self._sweep_at("2026-06-17 11:05:01")
        self.assertEqual(self._clock(case, "on_site").breached_at, local("2026-06-17 11:05"))
        self._sweep_at("2026-06-22 17:30")
        self.assertEqual(self._clock(case, "close").state, "running")
        self._sweep_at("2026-06-23 17:30:01")
        self.assertEqual(self._clock(case, "close").breached_at, local("2026-06-23 17:30"))
