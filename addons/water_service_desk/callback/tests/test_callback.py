from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests import acts
from ...base.tests.common import WaterCommon, local
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestCallback(WaterCommon):
    """Call-backs (回访): by an uninvolved person, with recorded attempts."""

    second_company = True

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        work = self._as("department", self._dispatch(self.case))
        work.action_accept()
        self.callback = self.case._schedule_callback()
        self.callback = self.callback.with_env(self.env)

    def _try(self, login="quality", result="no_answer", **values):
        attempts = self._as(login, self.env["water.callback.attempt"])
        return attempts.create({"callback_id": self.callback.id, "result": result, **values})

    def _done(self, login="quality", **values):
        callback = self._as(login, self.callback)
        callback.write(values)
        return callback.action_done()

    def test_queue(self):
        """One open call-back per case, with the customer's data masked."""
        self.assertEqual(self.callback.state, "open")
        self.assertFalse(self.case._schedule_callback())
        contact = self._as("quality", self.callback).contact
        self.assertEqual(contact, "张* 138****5678")

    def test_people_to_call(self):
        """Callers see the number, with a logged reason."""
        mine = self._as("quality", self.callback)
        form = mine.get_view(view_type="form")["arch"]
        self.assertIn('name="contact" widget="water_masked"', form)
        self.assertTrue(mine.can_reveal)
        self.assertEqual(mine.reveal(["phone"], "question"), {"phone": "13812345678"})
        self.assertEqual(self._kinds(self.case)[-1], "revealed")

    def test_opened_from_the_case(self):
        """The one that waits opens itself, several open their list."""
        action = self._as("agent", self.case).action_open_callbacks()
        self.assertEqual((action["res_id"], action["view_mode"]), (self.callback.id, "form"))
        self._done(outcome="solved", score="5")
        action = self._as("agent", self.case).action_open_callbacks()
        self.assertEqual(self.env["water.callback"].search(action["domain"]), self.callback)
        self.assertNotIn("res_id", action)

    def test_done(self):
        """Outcome and score are kept with the caller and the time, and leave an event."""
        self._done(outcome="solved", score="5", remark="很满意")
        self.assertRecordValues(
            self.callback, [{"state": "done", "user_id": self.users["quality"].id, "score": "5"}]
        )
        self.assertTrue(self.callback.done_at)
        event = self.case.event_ids.sorted("id")[-1]
        self.assertEqual(event.kind, "callback_done")
        self.assertEqual(event.payload, {"outcome": "solved", "score": "5"})
        self.assertWhole(self.case)

    def test_outcome_is_needed(self):
        with self.assertRaisesRegex(UserError, "outcome"):
            self._done()
        self.assertEqual(self.callback.state, "open")

    def test_unreachable_needs_three_tries(self):
        """Unreachable only after three recorded tries (S2.3.3a); the third closes by itself."""
        for tries in range(3):
            with self.subTest(tries=tries), self.assertRaisesRegex(UserError, "3 attempts"):
                self._done(outcome="unreachable")
            self._try()
        self.assertRecordValues(
            self.callback, [{"state": "done", "outcome": "unreachable", "next_attempt_at": False}]
        )
        self.assertEqual(self.callback.attempt_count, 3)
        self.assertEqual(self._kinds(self.case).count("callback_attempt"), 3)
        self.assertEqual(self._kinds(self.case)[-1], "callback_done")

    def test_handlers_try_no_call(self):
        """Handlers cannot set the customer to “unreachable” either."""
        for login in ("agent", "department"):
            with (
                self.subTest(login=login),
                self.assertRefused("The handler of the case cannot make the"),
            ):
                self._try(login)
        self.assertFalse(self.callback.attempt_ids)

    def test_no_score_without_an_answer(self):
        """Unreachable and refused never count as satisfied (S2.3.3b)."""
        for outcome in ("unreachable", "refused", False):
            with (
                self.subTest(outcome=outcome),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
            ):
                self._as("quality", self.callback).write({"outcome": outcome, "score": "5"})
                self.env.flush_all()

    def test_handlers_do_not_call(self):
        """Handlers of the case cannot ask for a rating."""
        for login in ("agent", "department"):
            with (
                self.subTest(login=login),
                self.assertRefused("The handler of the case|not allowed to access"),
            ):
                self._done(login, outcome="solved")
        self._as("agent", self.case).user_id = self.users["agent2"]
        with self.assertRaisesRegex(UserError, "cannot make the call-back"):
            self._done("agent2", outcome="solved")
        self.assertEqual(self.callback.state, "open")
        self._done("quality", outcome="solved")

    def test_former_handlers_do_not_call(self):
        """Handing the case over does not make a handler impartial."""
        acts.hand_over(self._as("supervisor", self.case), self.users["agent2"], "请假")
        with self.assertRaisesRegex(UserError, "cannot make the call-back"):
            self._done("agent", outcome="solved")

    def test_finished_is_finished(self):
        """A finished call-back is neither changed, done again, nor tried again."""
        self._done(outcome="solved", score="4")
        for login in ("quality", "manager", "su"):
            callback = self._as(login, self.callback)
            for values in ({"score": "5"}, {"outcome": "not_solved"}, {"remark": "x"}):
                with (
                    self.subTest(login=login, values=values),
                    self.assertRefused("A call-back that is done is not changed"),
                ):
                    callback.write(values)
            with (
                self.subTest(login=login),
                self.assertRefused("This call-back is finished already"),
            ):
                callback.action_done()
        with self.assertRefused("This call-back is finished already"):
            self._try()

    def test_kept_fields(self):
        """State, times, case and company are the system's."""
        other = self._inquiry()
        for values in (
            {"state": "done"},
            {"done_at": "2026-03-11 00:00:00"},
            {"due_at": "2026-12-11 00:00:00"},
            {"inquiry_id": other.id},
            {"company_id": self.company2.id},
        ):
            for login in ("agent2", "quality", "manager"):
                with (
                    self.subTest(values=values, login=login),
                    self.assertRefused("A call-back that is done is not changed"),
                ):
                    self._as(login, self.callback).write(values)

    def test_entered_by_hand(self):
        """Call-backs are made by completing a case, and never deleted."""
        for login in (*self.users, "su"):
            callback = self._as(login, self.callback)
            with (
                self.subTest(login=login),
                self.assertRefused("Call-backs are made when a case is completed"),
            ):
                callback.browse().create({"inquiry_id": self.case.id})
            with (
                self.subTest(login=login),
                self.assertRefused("never deleted|not allowed to delete"),
            ):
                callback.unlink()

    def test_attempts_are_kept(self):
        """A try is made by the caller, now; it is neither changed nor deleted."""
        attempt = self._try(at="2020-01-01 00:00:00", user_id=self.users["agent2"].id)
        self.assertEqual(attempt.user_id, self.users["quality"])
        self.assertEqual(attempt.at.year, 2026)
        hostile = self.env["water.callback.attempt"].with_user(self.users["quality"])
        hostile = hostile.with_context(
            default_at="2020-01-01 00:00:00", default_user_id=self.users["agent2"].id
        )
        forged = hostile.create({"callback_id": self.callback.id})
        self.assertEqual(forged.user_id, self.users["quality"])
        self.assertEqual(forged.at.year, 2026)
        for login in ("quality", "manager", "su"):
            with (
                self.subTest(login=login),
                self.assertRefused("An attempt that was made is not changed; add"),
            ):
                self._as(login, attempt).write({"result": "reached"})
            with (
                self.subTest(login=login),
                self.assertRefused("An attempt that was made is|not allowed to"),
            ):
                self._as(login, attempt).unlink()
            with (
                self.subTest(login=login),
                self.assertRefused("An attempt that was made is|not allowed to"),
            ):
                self._as(login, self.callback).write({"attempt_ids": [(5,)]})

    def test_void(self):
        """A call-back that is not needed any more is closed without an outcome."""
        self.callback._void()
        self.assertEqual(self.callback.state, "void")
        with self.assertRefused("A call-back that is done is not changed"):
            self._done(outcome="solved")

    def test_void_leaves_the_finished(self):
        """The questions asked stay."""
        self._done(outcome="solved")
        trusted(self.callback)._void()
        self.assertEqual(self.callback.state, "done")

    def test_due_by_its_limit(self):
        """Where no standard says when, and where the days after it are settled later."""
        with freeze_time(local("2026-12-30 10:00")):
            case = self._inquiry()
            case._start_follow_up_clocks()
            call = case._schedule_callback()
            clock = self._clock(case, "callback")
            self.assertEqual((call.due_at, clock.provisional), (clock.due_at, True))
            self.assertLocal(clock.due_at, "2027-01-04 17:30")
            for day in ("2027-01-01", "2027-01-04"):
                self.env["water.calendar.day"].create({"name": "元旦", "date": day, "kind": "off"})
        self.assertEqual((call.due_at, clock.provisional), (clock.due_at, False))
        self.assertLocal(clock.due_at, "2027-01-06 17:30")

    def test_a_promised_call_goes_with_its_promise(self):
        wished = self._later(hours=3)
        call = acts.call_back(self._as("agent", self.case), wished).sudo()
        asked = acts.extend(self._as("agent", call.deadline_id), "客户改期", 2, "hour")
        self._as("supervisor", asked).action_approve()
        self.assertEqual(call.due_at, call.deadline_id.due_at)
        self.assertEqual(call.due_at, wished + timedelta(hours=3))
