from odoo.tests import tagged

from ...base.tests.common import WaterCommon
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestTalkAmounts(WaterCommon):
    """The outcome of the answers, and the script with the questions."""

    def setUp(self):
        super().setUp()
        self.call = self._as("quality", self._inquiry()._schedule_callback())
        self.call.action_start()

    def _answers(self, meaning):
        return self.call.answer_ids.filtered(lambda row: row.meaning == meaning)

    def test_message_text(self):
        solved, recurred = self._answers("solved"), self._answers("recurred")
        for first, second, told, outcome in (
            (False, False, False, False),
            ("yes", False, "solved", "solved"),
            ("no", False, "not_solved", "not_solved"),
            (False, "no", False, "not_solved"),  # what it was stays
            (False, "yes", "not_solved", "not_solved"),
            ("yes", "yes", "not_solved", "not_solved"),
            ("yes", "no", "solved", "solved"),
            (False, False, False, "solved"),
            ("no", "no", "not_solved", "not_solved"),
        ):
            solved.yes_no, recurred.yes_no = first, second
            found = self.call._outcome_of_answers(), self.call.outcome
            self.assertEqual(found, (told, outcome), (first, second))

    def test_score_of_consulted_person(self):
        self._answers("solved").yes_no = "yes"
        self.call.score = "3"
        self.assertEqual(self.call.score, "3", "without an answer to the question")
        self._answers("satisfaction").score = "5"
        self.assertEqual(self.call.score, "5")
        self.call.outcome = "refused"
        self.assertFalse(self.call.score)

    def test_answer_of_outcome(self):
        """Whether it is solved, if no answer says so and nothing else does."""
        for outcome, recurred, answer in (
            ("solved", False, "yes"),
            ("not_solved", False, "no"),
            ("not_solved", "yes", False),
            ("refused", False, False),
        ):
            self.call = self._as("quality", self._inquiry()._schedule_callback())
            self.call.action_start()
            self._answers("recurred").yes_no = recurred
            self.call.outcome = outcome
            self.call._tell_answers()
            self.assertEqual(self._answers("solved").yes_no, answer, (outcome, recurred))

    def test_required_questions(self):
        """For answered calls; blanks are no answer."""
        words = self.call.answer_ids.filtered(lambda row: row.kind == "text")
        trusted(words.sudo()).mandatory = True
        self.call.outcome = "solved"
        for text in (False, " "):
            words.text = text
            self.assertFalse(words.value)
            with self.assertRefused(f"Not asked yet:\n· {words.name}"):
                self.call.action_done()
        words.text = " 谢谢 "
        self.assertEqual(words.value, "谢谢")
        self.call.action_done()
        refused = self._as("quality", self._inquiry()._schedule_callback())
        refused.action_start()
        trusted(refused.answer_ids.sudo()).mandatory = True
        refused.outcome = "refused"
        refused.action_done()
        self.assertEqual(refused.state, "done")

    def test_answers_in_words(self):
        solved, score = self._answers("solved"), self._answers("satisfaction")
        choice = self.call.answer_ids.filtered(lambda row: row.kind == "choice")
        solved.yes_no, score.score = "no", "4"
        choice.choice_id = self.env.ref("water_service_desk.callback_choice_friendly")
        self.assertEqual(
            (solved.value, score.value, choice.value), ("No", "4", "Friendly and competent")
        )

    def test_questions_as_they_were_asked(self):
        """In the caller's language, in their order, with what they decide."""
        script = self.call.script_id
        asked = self.call.answer_ids
        self.assertEqual(asked.mapped("name"), script.question_ids.mapped("name"))
        self.assertEqual(asked.mapped("sequence"), script.question_ids.mapped("sequence"))
        self.assertEqual(asked.mapped("mandatory"), script.question_ids.mapped("mandatory"))
        self.assertIn(True, asked.mapped("mandatory"))

    def test_script_of_a_family(self):
        """Its own script first, its family's before the case type's, never another's."""
        scripts, category = self.env["water.callback.script"], self._category("wq04")
        case = self._inquiry(category_id=category.id)
        call = case._schedule_callback()
        before = scripts._for_callback(call)
        expected = {}
        for name, values in (
            ("other", {"category_ids": [(6, 0, self._category("gn").ids)]}),
            ("wish", {"kind": "requested"}),
            ("request", {"case_model": "water.request"}),
            ("type", {"case_model": "water.inquiry"}),
            ("family", {"category_ids": [(6, 0, category.parent_id.ids)]}),
            ("own", {"category_ids": [(6, 0, category.ids)], "case_model": "water.inquiry"}),
        ):
            script = scripts.create({"name": name, "sequence": 99, **values})
            expected[name] = script._distance(case)
            found = scripts._for_callback(call)
            mine = script if name in ("type", "family", "own") else before
            self.assertEqual(found, mine, name)
        own = {"type": 2, "family": 1, "own": 0, "wish": 3}
        self.assertEqual({name: expected[name] for name in own}, own)
