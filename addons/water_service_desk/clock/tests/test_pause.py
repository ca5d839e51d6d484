from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local
from ...base.trust import trusted


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPause(WaterCommon):
    """Pauses and extensions: asked for in time, approved, kept, and exact to the minute."""

    def _clock_at(self, received):
        with freeze_time(local(received)):
            case = self._inquiry(email_from="customer@example.com")
        return self._clock(case, "close")

    def test_working_days_keep_the_time_that_was_left(self):
        clock = self._clock_at("2026-03-10 10:00")  # 2 working days: 12 March, 17:30
        self.assertLocal(clock.due_at, "2026-03-12 17:30")
        warned = clock.warn_at
        with freeze_time(local("2026-03-11 10:00")):
            pause = acts.pause(clock, "等客户提供照片", local("2026-03-13 10:00"))
            self.assertEqual((pause.state, clock.state), ("running", "paused"))
        with freeze_time(local("2026-03-12 10:00")):  # one working day later
            clock.action_resume()
        self.assertEqual(clock.state, "running")
        self.assertLocal(clock.due_at, "2026-03-13 17:30")
        self.assertEqual(clock.warn_at, warned + timedelta(days=1))  # as much later as the limit
        self.assertEqual((clock.paused_minutes, pause.minutes), (1440, 1440))
        self.assertEqual(pause.old_due_at, clock.planned_due_at)
        self.assertWhole(acts.case_of(clock))

    def test_a_promise_while_it_stands_still(self):
        """No later than the time that is left, though the date of before has passed meanwhile."""
        clock = self._clock_at("2026-03-10 10:00")  # 2 working days: 12 March, 17:30
        case, agent = acts.case_of(clock), self.users["agent"]
        case.with_user(agent).action_process()
        with freeze_time(local("2026-03-11 10:00")):
            asked = acts.pause(clock.with_user(agent), "等客户", local("2026-03-20 10:00"))
            self._as("supervisor", asked).action_approve()
        with freeze_time(local("2026-03-16 10:00")):
            self.assertEqual(clock.state, "paused")
            for promise in (
                lambda: acts.promise(case.with_user(agent), "结果", local("2026-03-18 09:00")),
                lambda: case.with_user(agent).write({"promised_due_at": "2026-03-18 01:00:00"}),
            ):
                with self.assertRefused("no later than.*17:30"):
                    promise()
            kept = acts.promise(case.with_user(agent), "结果", local("2026-03-17 17:30"))
            self.assertLocal(kept.due_at, "2026-03-17 17:30")
            clock.action_resume()
            self.assertLocal(clock.due_at, "2026-03-17 17:30")

    def test_hours_are_added_as_they_are(self):
        """A clock without breaks ends later by its pause, nights and weekends included."""
        clock = self._clock_at("2026-03-10 10:00")
        due, *stood = map(local, ("2026-03-13 20:00", "2026-03-13 18:00", "2026-03-15 19:30"))
        for unit in ("minute", "hour"):
            trusted(clock).unit = unit
            later = clock._due_after_pause(*stood, due, True)
            self.assertEqual(later, (local("2026-03-15 21:30"), True))

    def test_provisional_stays(self):
        """A pause in a known year makes nothing certain."""
        clock = self._clock_at("2026-03-10 10:00")
        stood = local("2026-03-11 10:00"), local("2026-03-12 10:00")
        later = clock._due_after_pause(*stood, local("2026-03-12 17:30"), True)
        self.assertEqual(later, (local("2026-03-13 17:30"), True))

    def test_a_pause_over_the_weekend_costs_no_working_time(self):
        clock = self._clock_at("2026-03-12 10:00")  # due Monday 16 March, 17:30
        with freeze_time(local("2026-03-13 17:30")):
            acts.pause(clock, "等客户", local("2026-03-15 17:30"))
        with freeze_time(local("2026-03-16 08:30")):
            self._sweep()
        self.assertLocal(clock.due_at, "2026-03-16 17:30")
        self.assertEqual(clock.state, "running")

    def test_a_pause_ends_at_its_maximum_by_itself(self):
        clock = self._clock_at("2026-03-10 10:00")
        with freeze_time(local("2026-03-11 10:00")):
            pause = acts.pause(clock, "等客户", local("2026-03-12 10:00"))
        with freeze_time(local("2026-03-20 10:00")):  # unnoticed for a week
            self._sweep()
        self.assertEqual(pause.ended_at, local("2026-03-12 10:00"))
        self.assertLocal(clock.due_at, "2026-03-13 17:30")
        self.assertEqual((clock.state, clock.breached_at), ("breached", clock.due_at))

    def test_the_customer_hears_of_a_pause_that_ended_by_itself(self):
        clock = self._clock_at("2026-03-10 10:00")
        with freeze_time(local("2026-03-11 10:00")):
            acts.pause(clock, "等客户提供照片", local("2026-03-12 10:00"))
        before = acts.case_of(clock).sudo().customer_message_ids
        with freeze_time(local("2026-03-12 10:00")):
            self._sweep()
            self._sweep()  # told once
        told = acts.case_of(clock).sudo().customer_message_ids - before
        self.assertEqual(len(told), 1)
        mail = self.env["mail.mail"].search([], limit=1, order="id desc")
        self.assertIn("March 13, 2026", mail.body_html)
        self.assertEqual(self._kinds(acts.case_of(clock)).count("clock_resumed"), 1)
        self.assertWhole(acts.case_of(clock))

    def test_met_during_a_pause_is_met(self):
        clock = self._clock_at("2026-03-10 10:00")
        with freeze_time(local("2026-03-12 17:00")):
            acts.pause(clock, "等客户", local("2026-03-14 10:00"))
        case = acts.case_of(clock)
        with freeze_time(local("2026-03-13 09:00")):  # past the old limit, yet in time
            case.write({"answer": "已答复", "state": "answered"})
        self.assertEqual(clock.state, "met")
        self.assertFalse(clock.pause_ids.filtered(lambda pause: pause.state == "running"))

    def test_too_late_to_pause(self):
        clock = self._clock_at("2026-03-10 10:00")
        with freeze_time(local("2026-03-12 17:31")):
            with self.assertRaisesRegex(UserError, "too late"):
                acts.pause(clock, "等客户", local("2026-03-13 10:00"))
            with self.assertRaisesRegex(UserError, "too late"):
                acts.extend(clock, "冻土", 3, "working_day")

    def test_reason_and_end_are_required(self):
        clock = self._clock_at("2026-03-10 10:00")
        later = fields.Datetime.now() + timedelta(hours=5)
        with self.assertRaisesRegex(UserError, "reason"):
            acts.pause(clock, "  ", later)
        with self.assertRaisesRegex(UserError, "until when"):
            acts.pause(clock, "等客户", fields.Datetime.now())
        with self.assertRaisesRegex(UserError, "by how much"):
            acts.extend(clock, "冻土", 0, "working_day")

    def test_a_long_pause_needs_another_persons_approval(self):
        clock = self._clock_at("2026-03-10 10:00")
        supervisor = self._as("supervisor", clock)
        pause = acts.pause(supervisor, "等第三方检测", local("2026-03-25 10:00"))
        self.assertEqual((pause.state, clock.state), ("requested", "running"))
        with self.assertRaisesRegex(UserError, "own request"):
            pause.action_approve()
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            self._as("agent", pause).action_approve()
        self._as("manager", pause).action_approve()
        self.assertEqual((pause.state, clock.state), ("running", "paused"))
        with self.assertRaisesRegex(UserError, "decided already"):
            self._as("manager", pause).action_approve()

    def test_a_long_pause_in_small_pieces(self):
        """Unapproved pauses share the company's limit."""
        self.company.water_pause_days = 2
        clock = self._clock_at("2026-03-10 10:00")
        moment = local("2026-03-11 10:00")
        for days, state in ((1.5, "running"), (1, "requested"), (0.5, "running")):
            with freeze_time(moment):
                pause = acts.pause(clock, "等客户", moment + timedelta(days=days))
                self.assertEqual(pause.state, state)
            moment += timedelta(days=days)
            if state == "running":
                with freeze_time(moment):
                    clock.action_resume()
            else:
                moment -= timedelta(days=days)
        self.assertEqual(clock._pause_left(), timedelta())

    def test_handler_cannot_move_limit(self):
        """Nor as a supervisor, if a colleague asked on their behalf."""
        clock = self._clock_at("2026-03-10 10:00")
        request = acts.extend(self._as("agent", clock), "冻土", 3, "working_day")
        trusted(acts.case_of(clock).sudo()).user_id = self.users["supervisor"]
        with self.assertRaisesRegex(UserError, "handler of the work"):
            self._as("supervisor", request).action_approve()
        for login, is_shown in (("agent", False), ("supervisor", False), ("manager", True)):
            self.assertEqual(self._as(login, request).can_decide, is_shown, login)
        self._as("manager", request).action_approve()
        self.assertEqual(request.state, "done")

    def test_a_request_ends_with_its_clock(self):
        """Met, missed or an emergency now: no decision any more."""

        def met(clock):
            clock._meet(fields.Datetime.now())

        def missed(clock):
            clock._break(local("2026-03-13 10:00"))

        def graver(clock):
            case = acts.case_of(self._as("supervisor", clock))
            case.write({"severity": "emergency", "triage_reason": "漏水"})

        for ends in (met, missed, graver):
            with self.subTest(ends.__name__):
                clock = self._clock_at("2026-03-10 10:00")
                request = acts.extend(self._as("agent", clock), "冻土", 3, "working_day")
                ends(clock)
                self.assertEqual(request.state, "lapsed")

    def test_extension_moves_the_limit_and_tells_the_customer(self):
        clock = self._clock_at("2026-03-10 10:00")
        request = acts.extend(self._as("agent", clock), "冻土无法开挖", 3, "working_day")
        self.assertLocal(clock.due_at, "2026-03-12 17:30")
        self._as("supervisor", request).action_approve()
        self.assertLocal(clock.due_at, "2026-03-17 17:30")
        self.assertIn(
            "First limit: 2026-03-12 17:30", clock.with_context(tz="Asia/Shanghai").explanation
        )
        mail = self.env["mail.mail"].search([], limit=1, order="id desc")
        self.assertEqual(mail.email_to, "customer@example.com")
        self.assertIn("冻土无法开挖", mail.body_html)
        self.assertEqual(
            self._kinds(acts.case_of(clock))[-2:], ["clock_pause_asked", "clock_extended"]
        )
        payload = acts.case_of(clock).event_ids.sorted("id")[-1].payload
        self.assertEqual(payload["approved_by"], self.users["supervisor"].id)

    def test_taken_back(self):
        """Applicants cannot refuse their own request, only withdraw it."""
        case = self._inquiry()
        clock = self._clock(case, "close")
        asked = acts.extend(self._as("supervisor", clock), "等材料", 1, "working_day")
        self.assertEqual(asked.state, "requested")
        acts.refuse(self._as("supervisor", asked), "不必了")
        self.assertRecordValues(
            asked,
            [{"state": "withdrawn", "decided_by_id": False, "refusal_reason": "不必了"}],
        )
        self.assertEqual(self._kinds(case)[-1], "clock_pause_withdrawn")
        told = self.env["mail.message"].search([("subject", "ilike", "extension was withdrawn")])
        self.assertTrue(told)
        self.assertNotIn(self.users["supervisor"].partner_id, told.notified_partner_ids)
        for again in (asked.action_approve, lambda: acts.refuse(asked, "x")):
            with self.assertRaisesRegex(UserError, "decided already"):
                again()
        self.assertWhole(case)

    def test_handler_cannot_refuse(self):
        """Nor can they decide on the limit of their own work by refusing."""
        case = self._inquiry()
        clock = self._clock(case, "close")
        trusted(case).user_id = self.users["supervisor"]
        asked = acts.extend(self._as("agent", clock), "等材料", 1, "working_day")
        with self.assertRaisesRegex(UserError, "handler of the work"):
            acts.refuse(self._as("supervisor", asked), "x")
        self.assertEqual(asked.state, "requested")

    def test_refused_request_changes_nothing(self):
        clock = self._clock_at("2026-03-10 10:00")
        request = acts.extend(self._as("agent", clock), "冻土", 3, "working_day")
        waiting = self._as("supervisor", request)
        with self.assertRaisesRegex(UserError, "Give the reason"):
            acts.refuse(waiting, "　")
        context = waiting.action_refuse()["context"]
        wizards = self._as("supervisor", self.env["water.refusal.wizard"])
        wizards.with_context(**context).create({"reason": "客户已在等待"}).action_refuse()
        self.assertEqual((request.state, request.refusal_reason), ("refused", "客户已在等待"))
        told = self.env["mail.message"].search([("subject", "ilike", "extension was refused")])
        self.assertEqual(told.notified_partner_ids, self.users["agent"].partner_id)
        self.assertIn("客户已在等待", told.body)
        with self.assertRaisesRegex(UserError, "decided already"):
            acts.refuse(waiting, "又一次")
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            acts.refuse(self._as("agent", request), "x")
        self.assertLocal(clock.due_at, "2026-03-12 17:30")

    def test_emergency_clocks_never_stop(self):
        case = self._inquiry(severity="emergency")
        clock = self._clock(case, "close")
        with self.assertRaisesRegex(UserError, "never stopped"):
            acts.pause(clock, "等", fields.Datetime.now() + timedelta(hours=1))
        with self.assertRaisesRegex(UserError, "never stopped"):
            self._as("agent", case).action_pause()

    def test_dialog_says_at_once_that_it_is_too_late(self):
        """The dialog does not open for requests that would be refused."""
        case = acts.case_of(self._clock_at("2026-03-10 10:00"))
        acts.promise(case, "回电", local("2026-03-12 10:00"))
        self.assertEqual(self._as("agent", case).action_pause()["res_model"], "water.pause.wizard")
        with freeze_time(local("2026-03-20 10:00")), self.assertRefused("too late to pause", case):
            self._as("agent", case).action_pause()

    def test_dialog_proposes_one_clock(self):
        """The answer's; where there are several such, one of them."""
        clock = self._clock_at("2026-03-10 10:00")
        case = acts.case_of(clock)
        wizards = self._as("agent", self.env["water.pause.wizard"])
        wizards = wizards.with_context(active_model=case._name, active_ids=case.ids)
        self.assertEqual(Form(wizards).deadline_id, clock)
        later = case._given_clock("close", local("2026-03-13 17:30"), False)
        more = self.env["water.deadline"]._start([later])
        self.assertIn(Form(wizards).deadline_id, clock | more.sudo(False))

    def test_pauses_cannot_be_written_by_hand(self):
        clock = self._clock_at("2026-03-10 10:00")
        request = acts.extend(clock, "冻土", 3, "working_day")
        for login in ("agent", "supervisor", "manager", "su"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._as(login, request).write({"state": "done"})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._as(login, request).unlink()

    def test_withdrawn_while_paused_is_void(self):
        clock = self._clock_at("2026-03-10 10:00")
        with freeze_time(local("2026-03-11 10:00")):
            acts.pause(clock, "等客户", local("2026-03-12 10:00"))
            acts.case_of(clock).action_withdraw()
        self.assertEqual(clock.state, "void")
        self.assertFalse(clock.met_at)

    def test_voiding_ends_the_pause(self):
        clock = self._clock_at("2026-03-10 10:00")
        with freeze_time(local("2026-03-11 10:00")):
            pause = acts.pause(clock, "等客户", local("2026-03-13 10:00"))
        with freeze_time(local("2026-03-11 11:30")):
            clock._void()
        self.assertEqual((clock.state, clock.next_check_at), ("void", False))
        self.assertRecordValues(
            pause, [{"state": "done", "ended_at": local("2026-03-11 11:30"), "minutes": 90}]
        )
        with freeze_time(local("2026-03-20 10:00")):
            self._sweep()  # no later wake-up
        self.assertEqual((clock.state, pause.minutes), ("void", 90))
