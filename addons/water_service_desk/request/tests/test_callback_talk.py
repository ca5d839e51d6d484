from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...base.trust import trusted
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestCallbackTalk(WaterCommon):
    """The script's questions, what the answers amount to, and what they must agree with."""

    def setUp(self):
        super().setUp()
        self.callback = self._as("quality", self._inquiry()._schedule_callback())

    def _answer(self, meaning):
        return self.callback.answer_ids.filtered(lambda row: row.meaning == meaning)

    def test_questions(self):
        self.callback.action_start()
        self.assertEqual(self.callback.user_id, self.users["quality"])
        self.assertEqual(
            self.callback.answer_ids.mapped("kind"), ["yes_no", "yes_no", "choice", "score", "text"]
        )
        self.assertIn("Good day", self.callback.greeting)
        self.callback.action_start()
        self.assertEqual(len(self.callback.answer_ids), 5)

    def test_outcome_from_the_answers(self):
        """Typed on the screen: solved, but it happened again, is not solved."""
        self.callback.action_start()
        form = Form(self.callback)
        with form.answer_ids.edit(0) as line:
            line.yes_no = "yes"
        self.assertEqual(form.outcome, "solved")
        with form.answer_ids.edit(3) as line:
            line.score = "4"
        self.assertEqual(form.score, "4")
        with form.answer_ids.edit(1) as line:
            line.yes_no = "yes"
        self.assertEqual(form.outcome, "not_solved")
        form.save()
        self.assertEqual((self.callback.outcome, self.callback.score), ("not_solved", "4"))

    def test_the_first_score_counts(self):
        """A script may ask twice for satisfaction; the call-back has one score."""
        self.callback.action_start()
        first = self._answer("satisfaction")
        second = trusted(first.sudo()).create(
            {**first.question_id._answer_values(self.callback), "sequence": 99}
        )
        self._answer("solved").yes_no = "yes"
        first.score, second.score = "4", "2"
        self.assertEqual(self.callback.score, "4")

    def test_outcome_by_hand(self):
        """Choosing the outcome answers the question, and one reached call is on record."""
        self.callback.outcome = "solved"
        self.callback.action_done()
        self.assertEqual(self._answer("solved").yes_no, "yes")
        self.assertEqual(self.callback.attempt_ids.mapped("result"), ["reached"])

    def test_contradiction(self):
        self.callback.action_start()
        self._answer("solved").yes_no = "no"
        for outcome in ("solved", "refused"):
            self.callback.outcome = outcome
            with self.subTest(outcome=outcome), self.assertRaisesRegex(UserError, "correct one"):
                self.callback.action_done()

    def test_mandatory(self):
        question = self.env.ref("water_service_desk.callback_question_attitude")
        question.mandatory = True
        self.callback.action_start()
        self.callback.outcome = "solved"
        with self.assertRaisesRegex(UserError, "How were our people"):
            self.callback.action_done()
        answer = self.callback.answer_ids.filtered(lambda row: row.kind == "choice")
        answer.choice_id = self.env.ref("water_service_desk.callback_choice_friendly")
        self.callback.action_done()
        self.assertEqual(answer.value, "Friendly and competent")

    def test_refused_needs_no_answers(self):
        self.callback.action_start()
        self.callback.outcome = "refused"
        self.callback.action_done()
        self.assertEqual(self.callback.state, "done")

    def test_answers_are_kept(self):
        self.callback.action_start()
        answer = self._answer("solved")
        for values in ({"name": "x"}, {"meaning": "none"}, {"callback_id": False}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "script's"):
                answer.write(values)
        with self.assertRaisesRegex(UserError, "Begin the call"):
            answer.sudo().create({"callback_id": self.callback.id, "name": "x", "kind": "text"})
        self.callback.outcome = "solved"
        self.callback.action_done()
        for record in (answer, answer.sudo()):
            with self.assertRefused("is done is not changed", record):
                record.write({"yes_no": "no"})
            with self.assertRefused("not allowed to delete|not deleted", record):
                record.unlink()

    def test_choice_of_another_question(self):
        self.callback.action_start()
        question = self.env["water.callback.question"].create(
            {"script_id": self.callback.script_id.id, "name": "x", "kind": "choice"}
        )
        other = self.env["water.callback.choice"].create({"question_id": question.id, "name": "x"})
        answer = self.callback.answer_ids.filtered(lambda row: row.kind == "choice")
        with self.assertRaises(ValidationError):
            answer.choice_id = other

    def test_closest_script(self):
        """Category before family before case type before all; the old words stay."""
        scripts, category = self.env["water.callback.script"], self._category("gn")
        expected = self.env.ref("water_service_desk.callback_script_follow_up")
        for values in (
            {},
            {"case_model": "water.inquiry"},
            {"category_ids": [(6, 0, category.ids)]},
        ):
            if values:
                expected = scripts.create({"name": "x", "sequence": 99, **values})
            scripts.create({"name": "y", "case_model": "water.request"})
            with self.subTest(values=values):
                self.assertEqual(scripts._for_callback(self.callback), expected)

    def test_meaning_fits_the_kind(self):
        script = self.env.ref("water_service_desk.callback_script_follow_up")
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            script.question_ids[0].kind = "text"
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestNotSolved(RequestCommon):
    """An answer “not solved” reopens the case for another person, of every type."""

    def _say(self, case, outcome="not_solved", login="quality"):
        callback = self._as(login, case.callback_ids.filtered(lambda row: row.state == "open"))
        callback.write({"outcome": outcome, "remark": "还是漏"})
        callback.action_done()
        case.invalidate_recordset()
        return callback

    def _closed_repair(self):
        self.net.manager_id = False
        case = self._repair()
        dispatch = self._as("department", self._dispatch(case))
        dispatch.action_accept()
        dispatch.result = "已修"
        dispatch.action_finish()
        case.invalidate_recordset()
        acts.tell_result(self._as("agent2", case), "phone", "told", satisfaction="satisfied")
        acts.close(self._as("agent2", case))
        return case

    def test_request_goes_to_the_queue_of_the_department(self):
        case = self._closed_repair()
        if not case.callback_ids:
            case._schedule_callback()
        callback = self._say(case)
        self.assertEqual((case.state, case.reopen_count), ("processing", 1))
        self.assertFalse(case.user_id)
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        self.assertEqual(callback.former_handler_ids, self.users["department"])
        again = self._lead(case)
        self.assertEqual((again.state, again.department_id), ("sent", self.net))
        other = self.users["supervisor"]
        self.assertFalse(self._as("department", again).can_accept, "no button that is refused")
        self.assertTrue(again.with_user(other).can_accept)
        with self.assertRaisesRegex(UserError, "another person takes it"):
            self._as("department", again).action_accept()
        again.with_user(other).action_accept()
        self.assertEqual(case.user_id, other)
        for login in ("agent", "supervisor"):
            with self.subTest(login=login), self.assertRaisesRegex(UserError, "another person"):
                self._as(login, case).user_id = self.users["department"]
        self.assertIn("is not solved", self._told("supervisor")[-1] + self._told("agent")[0])
        self.assertWhole(case)

    def test_inquiry_is_left_to_the_desk(self):
        self._category("gn").inquiry_callback_percent = 100
        case = self._inquiry(answer="每年 220 立方米。")
        self._as("agent", case).action_answer_and_close()
        self.assertEqual(case.callback_ids.due_at, self._clock(case, "callback").due_at)
        self._say(case)
        self.assertEqual((case.state, case.reopen_count), ("processing", 1))
        self.assertFalse(case.user_id)
        with self.assertRaisesRegex(UserError, "another person takes it"):
            self._as("agent", case).user_id = self.users["agent"]
        with self.assertRaisesRegex(UserError, "another person takes it"):
            acts.hand_over(self._as("supervisor", case), self.users["agent"], "x")
        self._as("agent2", case).user_id = self.users["agent2"]
        self.assertEqual(self._clock(case, "callback").state, "met")

    def test_solved_stays_closed(self):
        self._category("gn").inquiry_callback_percent = 100
        case = self._inquiry(answer="每年 220 立方米。")
        self._as("agent", case).action_answer_and_close()
        self._say(case, "solved")
        self.assertEqual((case.state, case.reopen_count), ("closed", 0))


@tagged("post_install", "-at_install")
class TestSample(WaterCommon):
    """The share of finished cases that are called back, drawn by their numbers."""

    def _closed(self, number):
        case = self._inquiry(answer="每年 220 立方米。")
        self.env.cr.execute("UPDATE water_inquiry SET name = %s WHERE id = %s", (number, case.id))
        case.invalidate_recordset(["name"])
        self._as("agent", case).write({"state": "answered"})
        case._plan_callbacks()
        return case

    def test_sample(self):
        """The number decides: the first of these belongs to a fifth, the second does not."""
        self._category("gn").inquiry_callback_percent = 20
        drawn = self._closed("ZX202603-90001")
        self.assertEqual(drawn.callback_ids.state, "open")
        left_out = self._closed("ZX202603-90000")
        self.assertRecordValues(
            left_out.callback_ids,
            [{"state": "void", "void_reason": "not_drawn", "next_attempt_at": False}],
        )
        self.assertFalse(self._clock(left_out, "callback"))
        event = left_out.event_ids.filtered(lambda row: row.kind == "callback_skipped")
        self.assertEqual(event.payload, {"percent": 20})

    def test_none(self):
        case = self._closed("ZX202603-90001")
        self.assertFalse(case.callback_ids)

    def test_forwarded_orders_are_always_called(self):
        case = self._inquiry(channel_id=self._channel("hotline12345").id)
        self.assertEqual(case._callback_percent(), 100)
