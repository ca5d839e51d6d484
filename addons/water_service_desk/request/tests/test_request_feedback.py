from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import local, speak_chinese
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestFeedback(RequestCommon):
    """The result is told, satisfaction is asked separately, the service ends politely."""

    def _dialog(self, model, case, login="agent", **values):
        wizards = self._as(login, self.env[model])
        return wizards.with_context(active_model=case._name, active_ids=case.ids).create(values)

    def _try(self, case, outcome="no_answer", login="agent", **answers):
        acts.tell_result(self._as(login, case), "phone", outcome, **answers)

    def test_no_close_without_feedback(self):
        case = self._done()
        with self.assertRaisesRegex(UserError, "tell the customer the result"):
            acts.close(self._as("agent", case))
        self._try(case, "told")
        with self.assertRaisesRegex(UserError, "how satisfied"):
            acts.close(self._as("agent", case))
        self._try(case, "told", satisfaction="satisfied")
        with self.assertRaisesRegex(UserError, "anything else"):
            self._as("agent", case).write({"state": "closed"})
        acts.close(self._as("agent", case))
        self.assertEqual(case.state, "closed")
        self.assertWhole(case)

    def test_told(self):
        """Channel, who and when are kept; the clock is met."""
        case = self._done()
        clock = self._clock(case, "feedback")
        self.assertEqual((clock.amount, clock.unit), (1, "working_day"))
        self._dialog(
            "water.feedback.wizard",
            case,
            channel="phone",
            told_to="张太太",
            note="已告知",
            satisfaction="basically",
        ).action_tell()
        row = case.feedback_ids
        self.assertEqual(
            (row.channel, row.told_to, row.user_id), ("phone", "张太太", self.users["agent"])
        )
        self.assertEqual(case.fed_back_at, row.at)
        event = case.event_ids.filtered(lambda event: event.kind == "fed_back")
        kept = {"channel": "phone", "outcome": "told", "note": "已告知"}
        self.assertEqual(event.payload, kept)
        self.assertEqual((case.satisfaction, clock.state), ("basically", "met"))

    def test_told_to_no_one(self):
        """Blanks are no name: the contact was told."""
        case = self._done()
        acts.tell_result(self._as("agent", case), "phone", "told", told_to="\u3000 ")
        self.assertEqual(case.feedback_ids.told_to, case.contact_name)

    def test_told_by_mail(self):
        case = self._done(self._repair(email_from="zhang@example.com"))
        acts.tell_result(self._as("agent", case), "email", "told")
        self.assertIn("已更换表前阀", str(self._mails(case)[-1].body_html))

    def test_the_body_is_answered_first(self):
        """An external order with a waiting body stays open, no matter what the customer says."""
        order = {"external_source": "12345", "external_ref": "QH-10"}
        case = self._done(self._repair(**order, external_due_at="2026-03-18 04:00:00"))
        self._try(case, "told", satisfaction="satisfied")
        with self.assertRaisesRegex(UserError, "answer the order of 12345 first"):
            acts.close(self._as("agent", case))
        self.assertEqual(case.state, "feedback")
        acts.answer_order(self._as("agent", case), "已修复")
        acts.close(self._as("agent", case))
        self.assertEqual(case.state, "closed")

    def test_three_tries(self):
        """Three tries in vain stand for the feedback; the customer counts as unreachable."""
        case = self._done()
        for _attempt in range(2):
            self._try(case)
        self.assertFalse(case.satisfaction)
        with self.assertRaisesRegex(UserError, "Unreachable only after 3"):
            acts.close(self._as("agent", case), satisfaction="unreachable")
        with self.assertRaisesRegex(UserError, "record 3 tries"):
            acts.close(self._as("agent", case))
        self._try(case, "busy")
        self.assertEqual((case.satisfaction, case.fed_back_at), ("unreachable", False))
        self.assertEqual(self._clock(case, "feedback").state, "met")
        acts.close(self._as("agent", case))
        self.assertEqual(case.state, "closed")

    def test_tries_of_the_first_time_do_not_count_again(self):
        case = self._done()
        for _attempt in range(3):
            self._try(case)
        self._as("agent", case).action_reopen()
        with freeze_time("2026-03-11 05:00:00"):
            self._as("agent", case).action_finish()
            self.assertFalse(case._is_unreachable())

    def test_refused_is_not_satisfied(self):
        """No answer is a value of its own, apart from the answers."""
        case = self._done()
        self._try(case, "told")
        acts.close(self._as("agent", case), satisfaction="refused")
        satisfied = self.env["water.request"].search(
            [("satisfaction", "in", ("satisfied", "basically"))]
        )
        self.assertNotIn(case, satisfied)

    def test_dissatisfied(self):
        """Needs the reason, and the department's head hears of it."""
        self.net.manager_id = self.users["department2"]
        case = self._repair()
        self._dispatch(case)
        self._done(case)
        self._try(case, "told")
        with self.assertRaisesRegex(UserError, "why the customer is dissatisfied"):
            acts.close(self._as("agent", case), satisfaction="dissatisfied")
        answers = {"satisfaction": "dissatisfied", "satisfaction_reason": "还在滴水"}
        acts.close(self._as("agent", case), **answers)
        self.assertTrue(any("dissatisfied" in text for text in self._told("department2")))

    def test_satisfaction_after_the_result(self):
        case = self._done()
        with self.assertRaisesRegex(UserError, "before you ask"):
            acts.close(self._as("agent", case), satisfaction="satisfied")

    def test_worker_cannot_ask(self):
        case = self._repair()
        self._plan(case, user=self.users["agent"])
        acts.cancel_visit(self._as("agent", case.visit_ids), "改由他人", "company")
        self._done(case)
        self._try(case, "told")
        with self.assertRaisesRegex(UserError, "did the work"):
            acts.close(self._as("agent", case), satisfaction="satisfied")
        acts.close(self._as("agent2", case), satisfaction="satisfied")
        self.assertEqual(case.satisfaction_asked_by_id, self.users["agent2"])

    def test_closing_dialog(self):
        """Script, tick, thank-you mail in the customer's language."""
        case = self._done(self._repair(email_from="zhang@example.com"))
        self._try(case, "told")
        wizard = self._dialog("water.close.wizard", case)
        self.assertIn(case.name, wizard.script)
        self.assertFalse(wizard.is_asked)
        with self.assertRaisesRegex(UserError, "thank the customer first"):
            wizard.action_close()
        with Form(wizard) as form:
            form.anything_else = True
            form.satisfaction = "satisfied"
        form.record.action_close()
        self.assertEqual((case.state, case.said_goodbye), ("closed", True))
        self.assertIn("Thank you", str(self._mails(case)[-1].subject))
        self.assertEqual(case.callback_ids.state, "open")

    def test_thanks_in_chinese(self):
        speak_chinese(self.env)
        self.customer.lang = "zh_CN"
        case = self._done(self._repair(email_from="zhang@example.com"))
        self._try(case, "told")
        acts.close(self._as("agent", case), satisfaction="satisfied")
        self.assertIn("已办结", self._mails(case)[-1].subject)

    def test_feedback_is_evidence(self):
        case = self._done()
        self._try(case)
        row = case.feedback_ids
        for login in ("agent", "manager", "su"):
            mine = self._as(login, row)
            with self.subTest(login), self.assertRaises(AccessError):
                mine.write({"outcome": "told"})
            with self.subTest(login), self.assertRaises(AccessError):
                mine.unlink()
            with self.subTest(login), self.assertRaises(AccessError):
                mine.create({"request_id": case.id})

    def test_callback_not_solved(self):
        """The call-back finds that it still drips: the request is open again."""
        case = self._done()
        self._try(case, "told")
        acts.close(self._as("agent", case), satisfaction="satisfied")
        callback = self._as("quality", case.callback_ids)
        callback.outcome = "not_solved"
        callback.action_done()
        self.assertEqual(case.state, "processing")
        self.assertEqual(self._clock(case, "close").state, "running")

    def test_reopened_before_the_result_was_told(self):
        """A rejected result is told to no one: its limit ends, the next has its own."""
        case = self._done()  # Wednesday, 10:00
        first = self._clock(case, "feedback")
        self.assertLocal(first.due_at, "2026-03-12 17:30")
        with freeze_time(local("2026-03-12 11:00")):
            self._as("agent", case).action_reopen()
            self.assertEqual((first.state, case.state), ("void", "processing"))
        with freeze_time(local("2026-03-13 10:00")):
            self._sweep()
            self._as("agent2", case).action_finish()
        self.assertEqual((first.state, first.breached_at), ("void", False))
        second = self._clock(case, "feedback")
        self.assertEqual((second.state, second.handling_round), ("running", 2))
        self.assertLocal(second.due_at, "2026-03-16 17:30")
