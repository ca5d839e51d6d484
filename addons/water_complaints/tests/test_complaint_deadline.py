from contextlib import contextmanager

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.tests.common import local

from .common import ComplaintCommon

#: severity → {kind of clock: limit of a complaint received on Wednesday 11 March, 10:00}
CLASSES = {
    "normal": {
        "contact": "2026-03-11 12:00",
        "verify": "2026-03-13 17:30",
        "close": "2026-03-18 17:30",
    },
    "complex": {
        "contact": "2026-03-11 12:00",
        "verify": "2026-03-13 17:30",
        "plan": "2026-03-18 17:30",
        "close": "2026-03-20 17:30",
    },
    "urgent": {
        "accept": "2026-03-11 10:10",
        "on_site": "2026-03-11 12:00",
        "verify": "2026-03-12 10:00",
        "close": "2026-03-16 17:30",
    },
    "emergency": {
        "accept": "2026-03-11 10:05",
        "contact": "2026-03-11 11:00",
        "on_site": "2026-03-11 10:30",
        "close": "2026-03-12 10:00",
    },
}


@contextmanager
def at(text):
    """Run at a wall-clock time in Shanghai."""
    with freeze_time(fields.Datetime.to_string(local(text))):
        yield


@tagged("post_install", "-at_install")
class TestComplaintDeadline(ComplaintCommon):
    """The clocks of complaints: by class, and in two stories, to the minute."""

    def assertDue(self, case, kind, text):
        """The clock of ``kind`` ends at the wall-clock time ``text``."""
        clock = self._clock(case, kind)
        self.assertTrue(clock, kind)
        self.assertLocal(clock.due_at, text)

    def assertMet(self, case, *kinds):
        """The clocks of these kinds are met."""
        for kind in kinds:
            self.assertEqual(self._clock(case, kind).state, "met", kind)

    def test_classes(self):
        """Each class has its clocks and no other (domain 3.3)."""
        for severity, clocks in CLASSES.items():
            case = self._complaint(severity=severity)
            with self.subTest(severity=severity):
                self.assertEqual(set(case.deadline_ids.mapped("kind")), set(clocks))
                for kind, due in clocks.items():
                    self.assertDue(case, kind, due)
                self.assertLocal(case.next_due_at, min(clocks.values()))
                self.assertLocal(case.promised_at, clocks["close"])

    def test_severity_of_the_category(self):
        """The category gives the class; the agent's own choice goes before."""
        self.assertEqual(self._complaint(category_id=self._category("wq01").id).severity, "urgent")
        case = self._complaint(category_id=self._category("wq01").id, severity="normal")
        self.assertEqual(set(case.deadline_ids.mapped("kind")), set(CLASSES["normal"]))

    def test_golden_week(self):
        """S-1: five working days across the holiday and its make-up Saturday."""
        with at("2026-09-30 16:40"):
            case = self._complaint()
        self.assertEqual(case.severity, "normal")
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        self.assertDue(case, "contact", "2026-09-30 18:40")
        self.assertDue(case, "verify", "2026-10-09 17:30")
        self.assertDue(case, "close", "2026-10-13 17:30")
        self.assertLocal(self._clock(case, "close").warn_at, "2026-10-12 17:30")
        with at("2026-09-30 17:05"):
            self._as("agent", case)._log_contact("电话联系")
            self._step_dispatched(case, "agent", self.net)
        self.assertMet(case, "contact")
        with at("2026-10-08 09:00"):
            self._step_investigating(case, "agent", self.net)
        with at("2026-10-09 16:00"):
            self._step_handling(case, "agent", self.net)
        self.assertMet(case, "verify")
        with at("2026-10-12 11:00"):
            dispatch = self._as("department", self._lead(case))
            dispatch.result = "估38方, 实际21方, 已更正"
            dispatch.action_finish()
        self.assertEqual(self._clock(case, "close").state, "running")
        with at("2026-10-12 15:20"):
            self._notify(case)
            self._step_confirmed(case, "agent", self.net)
        self.assertMet(case, "close")
        self.assertDue(case, "callback", "2026-10-15 17:30")
        self.assertLocal(case.callback_ids.due_at, "2026-10-15 17:30")
        with at("2026-10-14 10:00"):
            self._step_callback(case, "agent", self.net)
            self._step_archived(case, "agent", self.net)
        self.assertMet(case, "callback")
        self.assertEqual(case.state, "archived")
        self.assertEqual(set(case.deadline_ids.mapped("state")), {"met"})
        self.assertWhole(case)

    def test_golden_week_variants(self):
        """S-1: received on the holiday itself, and before the worked Sunday."""
        for received, close in (
            ("2026-10-03 11:00", "2026-10-13 17:30"),
            ("2026-09-18 11:00", "2026-09-24 17:30"),
        ):
            with at(received):
                case = self._complaint()
            with self.subTest(received=received):
                self.assertDue(case, "close", close)

    def test_transfer(self):
        """S-5: sent to the wrong department and on; clocks and first responsible stay."""
        with at("2026-06-17 09:05"):
            case = self._complaint(category_id=self._category("wq01").id)
        due = {clock.kind: clock.due_at for clock in case.deadline_ids}
        self.assertDue(case, "accept", "2026-06-17 09:15")
        self.assertDue(case, "on_site", "2026-06-17 11:05")
        self.assertDue(case, "verify", "2026-06-18 09:05")
        self.assertDue(case, "close", "2026-06-23 17:30")
        with at("2026-06-17 09:20"):
            self._step_dispatched(case, "agent", self.net)
        with at("2026-06-17 10:05"):
            self._as("department", self._lead(case))._reject("属水质")
        self.assertEqual((case.state, case.rejection_count), ("registered", 1))
        with at("2026-06-17 10:12"):
            self._dispatch(case, self.lab, self.net, login="supervisor")
        self.assertEqual(case.state, "dispatched")
        with at("2026-06-17 10:20"):
            self._step_investigating(case, "agent", self.lab)
        with at("2026-06-17 10:58"):
            self._as("department2", case).action_arrived()
        with at("2026-06-18 08:50"):
            self._step_handling(case, "agent", self.lab)
        self.assertMet(case, "on_site", "verify")
        self.assertEqual(self._clock(case, "accept").state, "breached")
        self.assertEqual({clock.kind: clock.due_at for clock in case.deadline_ids}, due)
        with at("2026-06-22 09:00"):
            self._as("supervisor", case)._hand_over(self.users["agent2"], "陈晨请假")
        self.assertEqual(case.first_responsible_id, self.users["agent2"])
        with at("2026-06-23 09:00"):
            self._as("supervisor", case)._hand_over(self.users["agent"], "陈晨回岗")
            self._step_notified(case, "agent", self.lab)
        self.assertMet(case, "close")
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        self.assertEqual(case.original_responsible_id, self.users["agent"])
        states = case.dispatch_ids.sorted("id").mapped("state")
        self.assertEqual((states[0], case.rejection_count), ("rejected", 1))
        self.assertWhole(case)

    def test_handling_it_oneself_is_accepting(self):
        """Without a department the acceptance clock is met by taking the work."""
        case = self._complaint(severity="urgent")
        work = self._as("agent", case)
        work._confirm_readback()
        work.action_handle()
        self.assertMet(case, "accept")

    def test_plan(self):
        """Writing the first plan meets its clock; changing it later does nothing more."""
        case = self._complaint(severity="complex")
        self._as("agent", case).plan = "更换水表"
        self.assertMet(case, "plan")
        self._as("agent", case).plan = "更换水表并复核"
        self.assertEqual(self._kinds(case).count("planned"), 1)

    def test_withdrawn_is_void(self):
        """Withdrawing does not meet a clock."""
        case = self._complaint_at("withdrawn")
        self.assertEqual(set(case.deadline_ids.mapped("state")), {"void"})

    def test_reopened(self):
        """A rejected result starts a new clock; the old one keeps what it was."""
        case = self._complaint_at("notified")
        first = self._clock(case, "close")
        with at("2026-03-16 10:00"):
            self._as("agent", case)._contest_result("退款金额不对")
        second = self._clock(case, "close")
        self.assertEqual((first.state, second.state), ("met", "running"))
        self.assertDue(case, "close", "2026-03-23 17:30")
        self.assertLocal(case.promised_at, "2026-03-23 17:30")

    def test_severity_raised(self):
        """A class chosen anew is told in the chain; clocks that run keep their promise."""
        case = self._complaint()
        before = {clock.id: clock.due_at for clock in case.deadline_ids}
        self._as("agent", case).severity = "urgent"
        event = case.event_ids.sorted("id")[-1]
        self.assertEqual(event.payload, {"from": "normal", "to": "urgent"})
        after = {clock.id: clock.due_at for clock in case.deadline_ids}
        self.assertEqual({key: after[key] for key in before}, before)
        self.assertEqual(case.urgency, 1)
