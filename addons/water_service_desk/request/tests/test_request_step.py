"""The steps of a guide on the application: by when, and who did it when."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, local
from ...base.trust import trusted
from .common import RequestCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRequestStep(RequestCommon):
    def _steps(self, case):
        return case.step_ids.sorted("sequence")

    def test_one_after_the_other(self):
        """The first begins with the acceptance, the next when the one before it is done."""
        case = self._request()
        self.assertFalse(case.step_ids, "nothing was promised yet")
        case.material_ids.write({"state": "correct"})
        self._as("agent", case).action_accept()
        steps = self._steps(case)
        self.assertEqual(steps.mapped("name"), self.guide.step_ids.mapped("name"))
        self.assertEqual(steps.filtered("started_at"), steps[0])
        part = steps[0].guide_step_id
        calendar = self.company.water_calendar_id
        due = part.amount and calendar._water_due_at(case.accepted_at, part.amount, part.unit)[0]
        self.assertEqual(steps[0].due_at, due)
        with self.assertRaisesRegex(UserError, "not to be done now"):
            self._as("agent", steps[1]).action_done()
        later = self._later(hours=5)
        with freeze_time(later):
            self._as("agent", steps[0]).action_done()
            self.assertEqual(steps[0].done_by_id, self.users["agent"])
            self.assertEqual(steps[1].started_at, fields.Datetime.now())
            with self.assertRaisesRegex(UserError, "not to be done now"):
                self._as("agent", steps[0]).action_done()
        event = case.event_ids.filtered(lambda row: row.kind == "guide_step_done")
        self.assertEqual(event.payload["step"], steps[0].name)
        self.assertWhole(case)

    def test_customer_reads_how_far_it_is(self):
        """Done steps with time, current ones with limit, and future ones, on the own page."""
        case = self._accepted()
        self._as("agent", self._steps(case)[0]).action_done()
        told = case.with_user(self.users["portal1"]).sudo()._portal_page()["guide_steps"]
        names, looks = zip(*((row["name"], row["look"]) for row in told), strict=True)
        self.assertEqual(list(names), self.guide.step_ids.mapped("name"))
        self.assertEqual(looks, ("done", "now", *["next"] * (len(looks) - 2)))
        self.assertTrue(told[0]["at"])
        trusted(case).write({"state": "withdrawn"})
        ended = case.with_user(self.users["portal1"]).sudo()._portal_page()["guide_steps"]
        self.assertEqual([row["look"] for row in ended], ["done"], "nothing is to come")

    def test_late(self):
        """Done late stays late, and so does unfinished work."""
        case = self._accepted()
        step = self._steps(case)[:1]
        while not step.due_at:  # those at once have no limit
            self._as("agent", step).action_done()
            step = self._steps(case).filtered(lambda row: row.started_at and not row.done_at)
        self.assertFalse(step.is_late)
        with freeze_time(step.due_at + timedelta(seconds=1)):
            step.invalidate_recordset()
            self.assertTrue(step.is_late)
            self._as("agent", step).action_done()
            self.assertTrue(step.is_late)
        last = case.event_ids.filtered(lambda row: row.kind == "guide_step_done").sorted("id")[-1:]
        self.assertIs(last.payload["late"], True)

    def test_source_of_statement(self):
        """The step's department, once it has the work; not by hand."""
        case = self._accepted()
        step = self._steps(case)[:1]
        member = self.users["department"]
        member.water_department_ids |= step.department_id
        with self.assertRaises(AccessError):
            self._as("department", step).action_done()
        self._dispatch(case)
        with self.assertRaisesRegex(AccessError, "department of the step"):
            self._as("quality", step).action_done()
        with self.assertRefused("with its button", step):
            self._as("agent", step).write({"done_at": fields.Datetime.now()})
        mine = self._as("department", step)
        self.assertTrue(mine.can_finish)
        mine.action_done()
        self.assertEqual(step.done_by_id, member)

    def test_finished_work(self):
        case = self._accepted()
        self._as("agent", case).action_withdraw()
        with self.assertRaisesRegex(UserError, "not to be done now"):
            self._as("agent", self._steps(case)[:1]).action_done()

    def _timed(self, case):
        """The step at hand that has a limit; those at once are done before."""
        step = self._steps(case)[:1]
        while not step.due_at:
            self._as("agent", step).action_done()
            step = self._steps(case).filtered(lambda row: row.started_at and not row.done_at)
        return step

    def test_clock_of_a_step(self):
        """A clock of its own, its department's, on the duty board until the step is done."""
        case = self._accepted()
        step = self._timed(case)
        clock = step.deadline_ids
        self.assertEqual((clock.kind, clock.state, clock.is_pending), ("step", "running", True))
        self.assertEqual(clock.department_id, step.department_id or case.department_id)
        chinese = step.guide_step_id.with_context(lang=self.company.partner_id.lang)
        self.assertEqual((clock.due_at, clock.label), (step.due_at, chinese.name))
        self.assertEqual(clock.provisional, False)
        self._as("agent", step).action_done()
        self.assertEqual((clock.state, clock.is_pending), ("met", False))
        following = self._steps(case).filtered(lambda row: row.started_at and not row.done_at)
        self.assertEqual(len(following.deadline_ids), int(bool(following.guide_step_id.amount)))

    def test_a_step_too_late_is_told(self):
        """The sweep breaches it: who was to do it is on record, and reminded."""
        case = self._accepted()
        step = self._timed(case)
        with freeze_time(step.due_at + timedelta(minutes=1)):
            self._sweep()
            self.assertEqual(step.deadline_ids.state, "breached")
            self.assertEqual(step.deadline_ids.breached_department_id, step.department_id)

    def test_waiting_for_the_customer_moves_it(self):
        """A stage that waits for the customer pauses the step like other work."""
        case = self._accepted()
        step = self._timed(case)
        due = step.due_at
        work = case.stage_id
        waits = {"name": "等客户补件", "waits_for_customer": True, "sequence": 99}
        waiting = work.copy({**waits, "state": work.state})
        self._as("agent", case).write({"stage_id": waiting.id})
        self.assertEqual(step.deadline_ids.state, "paused")
        with freeze_time(self._later(days=1)):
            self._as("agent", case).write({"stage_id": work.id})
            self.assertEqual(step.deadline_ids.state, "running")
            self.assertGreater(step.due_at, due)

    def _waiting(self, case):
        work = case.stage_id
        waits = {"name": "等客户补件", "waits_for_customer": True, "sequence": 99}
        return work.copy({**waits, "state": work.state})

    def test_paused_is_not_late(self):
        """Past the old limit while waiting for the customer: neither late nor done late."""
        case = self._accepted()
        step = self._timed(case)
        due = step.due_at
        self._as("agent", case).write({"stage_id": self._waiting(case).id})
        with freeze_time(due + timedelta(hours=1)):
            step.invalidate_recordset()
            self.assertEqual((step.deadline_ids.state, step.is_late), ("paused", False))
            self._as("agent", step).action_done()
        self.assertEqual((step.deadline_ids.state, step.is_late), ("met", False))
        last = case.event_ids.filtered(lambda row: row.kind == "guide_step_done").sorted("id")[-1:]
        self.assertIs(last.payload["late"], False)

    def test_withdrawn_before_it_was_late(self):
        case = self._accepted()
        step = self._timed(case)
        self._as("agent", case).action_withdraw()
        with freeze_time(step.due_at + timedelta(days=30)):
            step.invalidate_recordset()
            self.assertFalse(step.is_late)

    def test_taken_up_again(self):
        """Started and unfinished steps get their time again, and appear on the duty board."""
        case = self._accepted()
        step = self._timed(case)
        self._done(case)
        acts.tell_result(self._as("agent", case), "phone", "told", satisfaction="satisfied")
        acts.close(self._as("agent", case))
        with freeze_time(self._later(days=30)):
            self._as("supervisor", case).action_reopen()
            clock = step.deadline_ids.sorted("id")[-1:]
            self.assertEqual(step.deadline_ids.sorted("id").mapped("state"), ["void", "running"])
            self.assertEqual((clock.is_pending, step.is_late), (True, False))
            self.assertEqual((step.due_at, clock.started_at), (clock.due_at, step.started_at))
            self._as("agent", step).action_done()
        self.assertEqual(clock.state, "met")

    def test_no_more_time_while_it_runs(self):
        """Taken up again before it was closed: the clock of the step has never ended."""
        case = self._accepted()
        step = self._timed(case)
        due = step.due_at
        self._done(case)
        with freeze_time(self._later(hours=3)):
            self._as("supervisor", case).action_reopen()
        self.assertEqual((case.state, len(step.deadline_ids)), ("processing", 1))
        self.assertEqual((step.due_at, step.deadline_ids.state), (due, "running"))

    def test_over_new_year(self):
        """The date of a step is provisional for the customer, too, until the year is loaded."""
        with freeze_time(local("2026-12-30 10:00")):
            case = self._accepted()
            step = self._timed(case)
            page = case.with_user(self.users["portal1"]).sudo()
            (told,) = (row for row in page._portal_page()["guide_steps"] if row["look"] == "now")
            self.assertIn("provisional", told["at"])
            before = step.due_at
            for day in ("2027-01-01", "2027-01-04"):
                self.env["water.calendar.day"].create({"name": "元旦", "date": day, "kind": "off"})
            self.assertFalse(step.deadline_ids.provisional)
            self.assertGreater(step.due_at, before)
            self.assertEqual(step.due_at, step.deadline_ids.due_at)

    def test_merged_and_taken_apart_with_an_extension(self):
        """The step's clock ends with the merging, and is what it was when that is undone."""
        case, original = self._accepted(), self._accepted()
        step = self._timed(case)
        rows = acts.extend(self._as("agent", step.deadline_ids), "冻土", 2)
        self._as("supervisor", rows).action_approve()
        due = step.due_at
        merging = {"duplicate_of_id": original.id, "end_reason": "同一件事", "state": "merged"}
        self._as("agent", case).write(merging)
        self.assertEqual(step.deadline_ids.state, "void")
        acts.undo(self._as("agent", case), "不是一回事")
        self.assertEqual((step.deadline_ids.state, step.due_at), ("running", due))

    def test_end_of_the_application_ends_it(self):
        """Whether withdrawn or finished, no step is pending any more."""
        gone, done = self._accepted(), self._accepted()
        steps = self._timed(gone) | self._timed(done)
        self._as("agent", gone).action_withdraw()
        self._done(done)
        acts.tell_result(self._as("agent", done), "phone", "told", satisfaction="satisfied")
        acts.close(self._as("agent", done))
        self.assertEqual((gone.state, done.state), ("withdrawn", "closed"))
        self.assertEqual(steps.deadline_ids.mapped("state"), ["void", "void"])

    def test_repairs_have_none(self):
        repair = self._repair()
        self._as("agent", repair).action_process()
        self.assertFalse(repair.step_ids)
