from contextlib import contextmanager

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from . import acts
from .common import ComplaintCommon

#: severity → {kind of clock: limit of a complaint received on Wednesday 11 March, 10:00}
CLASSES = {
    "normal": {
        "dispatch": "2026-03-11 10:30",
        "contact": "2026-03-11 12:00",
        "verify": "2026-03-13 17:30",
        "close": "2026-03-18 17:30",
    },
    "complex": {
        "dispatch": "2026-03-11 10:30",
        "contact": "2026-03-11 12:00",
        "verify": "2026-03-13 17:30",
        "plan": "2026-03-18 17:30",
        "close": "2026-03-20 17:30",
    },
    "urgent": {
        "dispatch": "2026-03-11 10:10",
        "accept": "2026-03-11 10:10",
        "on_site": "2026-03-11 12:00",
        "verify": "2026-03-12 10:00",
        "close": "2026-03-16 17:30",
    },
    "emergency": {
        "dispatch": "2026-03-11 10:05",
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
    """The clocks of complaints: by class and matter, to the minute."""

    def assertDue(self, case, kind, text):
        """The clock of ``kind`` ends at the wall-clock time ``text``."""
        clock = self._clock(case, kind)
        self.assertTrue(clock, kind)
        self.assertLocal(clock.due_at, text)

    def assertMet(self, case, *kinds):
        """The clocks of these kinds are met."""
        for kind in kinds:
            self.assertEqual(self._clock(case, kind).state, "met", kind)

    def test_graver_when_the_work_is_done(self):
        """Without a visit the stricter standard's clocks do not start."""
        case = self._complaint_at("callback")
        before = case.deadline_ids
        self._as("agent", case).write({"severity": "emergency", "triage_reason": "回看录音"})
        self.assertEqual(case.severity, "emergency")
        self.assertEqual(case.deadline_ids, before)
        self.assertFalse(
            self._running(case).filtered(lambda row: row.kind in ("accept", "on_site"))
        )

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

    def test_a_helper_does_not_accept(self):
        """The acceptance clock waits for the department that leads."""
        case = self._complaint(severity="urgent")
        acts.readback(self._as("agent", case))
        self._dispatch(case, self.lab, self.net)
        helper = case.dispatch_ids.filtered(lambda row: row.role == "support")
        self._as("department", helper).action_accept()
        self.assertEqual(self._clock(case, "accept").state, "running")
        self.assertEqual((case.state, self._kinds(case)[-1]), ("dispatched", "support_accepted"))
        self._as("department2", self._lead(case)).action_accept()
        self.assertMet(case, "accept")
        self.assertWhole(case)

    def test_a_visit_keeps_the_promise_of_a_visit(self):
        case = self._complaint_at("investigating")
        visit = acts.promise(case, "今天十二点前上门", local("2026-03-11 12:00"), "visit")
        late = acts.promise(case, "上午十点半前上门", local("2026-03-11 10:30"), "visit")
        with at("2026-03-11 11:00"):
            self._as("department", case).action_arrived()
        self.assertEqual((visit.state, late.state), ("met", "breached"))
        self.assertEqual(late.breached_at, local("2026-03-11 10:30"))

    def test_nothing_is_added_to_a_sealed_complaint(self):
        """Archived, withdrawn or merged: contact, arrival, promise and read-back are refused."""
        for state in ("archived", "withdrawn", "merged"):
            case = self._complaint_at(state)
            count = case.event_count
            mine = self._as("agent", case)
            words = "enter it there" if state == "merged" else "it can no longer be added to"
            for call in (
                lambda mine=mine: acts.contact(mine, "再次联系"),
                lambda mine=mine: mine.action_arrived(),
                lambda mine=mine: acts.promise(mine, "回电", local("2026-03-11 15:00")),
                lambda mine=mine: acts.readback(mine),
            ):
                with self.subTest(state=state):
                    with self.assertRaisesRegex(UserError, words):
                        call()
            self.assertEqual(case.event_count, count)
            self.assertWhole(case)

    def test_nothing_is_filed_while_a_helper_works(self):
        case = self._complaint_at("callback")
        self.env["water.dispatch"]._send([(case.sudo(), self.lab, "support")])
        with self.assertRaisesRegex(UserError, "is still at work"):
            self._step_archived(case, "agent", self.net)
        helper = case.dispatch_ids.filtered(lambda row: row.role == "support")
        self.assertEqual((helper.state, case.state), ("sent", "callback"))
        self._as("agent", helper).action_withdraw()
        self._step_archived(case, "agent", self.net)
        self.assertEqual((helper.state, self._kinds(case)[-1]), ("cancelled", "archived"))
        self.assertWhole(case)

    def test_forwarded_complaints(self):
        """For 12345: signed within 2 h; for an authority: settled within two days."""
        case = self._complaint(channel_id=self._channel("hotline12345").id)
        self.assertDue(case, "accept", "2026-03-11 12:00")
        self.assertDue(case, "close", "2026-03-18 17:30")
        case = self._complaint(channel_id=self._channel("authority").id)
        self.assertDue(case, "close", "2026-03-13 10:00")

    def test_limits_of_single_matters(self):
        """Manhole cover: guarded in 2 h, replaced in 8 h; pump: 4 h; faulty meter: 3 days; a small
        leak and one customer without water: on site in 1 h, over in 24 h.
        """
        for code, kind, due in (
            ("lk07", "on_site", "2026-03-11 12:00"),
            ("lk07", "close", "2026-03-11 18:00"),
            ("ss01", "close", "2026-03-11 14:00"),
            ("mt02", "close", "2026-03-14 10:00"),
            ("lk03", "on_site", "2026-03-11 11:00"),
            ("lk03", "close", "2026-03-12 10:00"),
            ("ot01", "on_site", "2026-03-11 11:00"),
            ("ot01", "contact", "2026-03-11 14:00"),
            ("ot01", "close", "2026-03-12 10:00"),
        ):
            with self.subTest(code=code, kind=kind):
                self.assertDue(self._complaint(category_id=self._category(code).id), kind, due)

    def test_handling_it_oneself_is_accepting(self):
        """Without a department the acceptance clock is met by taking the work."""
        case = self._complaint(severity="urgent")
        work = self._as("agent", case)
        acts.readback(work)
        work.action_handle()
        self.assertMet(case, "accept")

    def test_plan(self):
        """The first plan meets its clock; later changes do not."""
        case = self._complaint(severity="complex")
        self._as("agent", case).plan = "更换水表"
        self.assertMet(case, "plan")
        self._as("agent", case).plan = "更换水表并复核"
        self.assertEqual(self._kinds(case).count("planned"), 1)

    def test_withdrawn_is_void(self):
        """Withdrawing, refusing and merging do not meet a clock."""
        for state in ("withdrawn", "rejected", "merged"):
            with self.subTest(state=state):
                clocks = self._complaint_at(state).deadline_ids
                self.assertEqual(set(clocks.mapped("state")), {"void"})
                self.assertFalse(any(clocks.mapped("met_at")))

    def test_reopened(self):
        """A rejected result starts a new clock; the old one keeps what it was."""
        case = self._complaint_at("notified")
        first = self._clock(case, "close")
        with at("2026-03-16 10:00"):
            acts.contest(self._as("agent", case), "退款金额不对")
        second = self._clock(case, "close")
        self.assertEqual((first.state, second.state), ("met", "running"))
        self.assertDue(case, "close", "2026-03-23 17:30")
        self.assertLocal(case.promised_at, "2026-03-23 17:30")

    def test_severity_raised(self):
        """A graver class is told in the chain, and its clocks are brought forward."""
        case = self._complaint()
        before = {clock.id: clock.due_at for clock in case.deadline_ids}
        self._as("agent", case).write({"severity": "urgent", "triage_reason": "整栋楼都这样"})
        event = case.event_ids.filtered(lambda row: row.kind == "severity_changed")
        self.assertEqual((event.payload["from"], event.payload["to"]), ("normal", "urgent"))
        after = {clock.id: clock.due_at for clock in case.deadline_ids}
        self.assertTrue(all(after[key] <= before[key] for key in before))
        self.assertLess(self._clock(case, "close").due_at, max(before.values()))
        self.assertEqual(case.urgency, 1)

    def test_clocks_that_go_on_after_the_closing(self):
        """An appeal has a limit of its own, kept by its event."""
        with at("2026-03-11 10:00"):
            case = self._complaint()
            limit = case._given_clock("appeal", local("2026-03-25 17:30"), "appeal")
            trusted(self.env["water.deadline"]).create([limit])
        with at("2026-03-18 17:00"):
            trusted(case).closed_at = fields.Datetime.now()
            case._log_events("closed")
        self.assertEqual(self._clock(case, "appeal").state, "running")
        self.assertTrue(self._clock(case, "appeal").is_pending)
        with at("2026-03-24 09:00"):
            case._log_events("appeal_decided")
        self.assertMet(case, "appeal")
