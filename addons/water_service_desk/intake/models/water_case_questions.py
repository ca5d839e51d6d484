from odoo import api, fields, models
from odoo.exceptions import AccessError


class WaterCaseMixin(models.AbstractModel):
    """What a category asks and a door could not ask: the customer wrote before he was asked.

    An answer stands in the summary, behind the words of its question, as forms write it.
    """

    _inherit = "water.case.mixin"

    open_questions = fields.Text(string="Still to Ask", compute="_compute_open_questions")

    def _leaves_questions_open(self):
        """Hook: whether the case came by a door that asks nothing."""
        return False

    @api.depends("category_id", "description", "state")
    @api.depends_context("lang", "uid")
    def _compute_open_questions(self):
        for case in self:
            is_asked = case.state not in case._final_states and case._leaves_questions_open()
            asked = case._unanswered() if is_asked else ()
            case.open_questions = "\n".join(_spoken(question) for question in asked) or False

    def _unanswered(self):
        """Questions of the category without an answer in the summary, whatever its language.

        :return: as ``water.category._public_questions``
        """
        # sudo: water.category - what is asked about a matter is no secret
        category = self.sudo().category_id
        asked = category._public_questions() if category else []
        told = [line.strip().lstrip("· ") for line in (self.description or "").splitlines()]
        spoken = [
            [question["text"] for question in category.with_context(lang=code)._public_questions()]
            for code, _name in (self.env["res.lang"].get_installed() if asked else ())
        ]
        return [
            question
            for number, question in enumerate(asked)
            if not any(_answers(told, texts[number : number + 1]) for texts in spoken)
        ]

    def _answers_given(self):
        """``[(question, answer)]`` of what the category asks, as they stand in the summary.

        Both in the language of the environment, whatever language the form had.
        """
        return [(question["text"], answer) for question, answer, _urgent in self._answered()]

    def _answered(self):
        """``[(question, answer, is_urgent)]`` of the answered questions of the category."""
        # sudo: water.category - what is asked about a matter is no secret
        category = self.sudo().category_id
        asked = category._public_questions() if category else []
        told = [line.strip().lstrip("· ") for line in (self.description or "").splitlines()]
        urgent, found = category._urgent_answers(), {}
        for code, _name in self.env["res.lang"].get_installed() if asked else ():
            spoken = category.with_context(lang=code)
            for number, question in enumerate(spoken._public_questions()[: len(asked)]):
                answer = _answer_in(told, question["text"])
                if answer and number not in found:
                    own = asked[number]["choices"]
                    place = (question["choices"] + [answer]).index(answer)
                    words = own[place] if place < len(own) else answer
                    found[number] = (asked[number], words, words in urgent)
        return [found[number] for number in sorted(found)]

    def _should_call_now(self):
        """Whether the customer is asked to telephone as well: emergencies, and water for life."""
        case = self.sudo()
        if case.severity == "emergency" or any(urgent for *_words, urgent in case._answered()):
            return True
        words = self.env["water.emergency.word"].sudo()
        texts = "\n".join(text for text in case._texts_said() if text)
        first = any(case.account_id.flag_ids.mapped("served_first"))
        return first or words._tells_of_harm(texts, case.company_id.id)

    def _asked_of_customer(self):
        """What the acknowledgement asks him, as sentences; doors that asked already ask nothing."""
        if not self._leaves_questions_open():
            return []
        return [_spoken(question) for question in self._unanswered()]

    def action_take_questions(self):
        """Put the open questions into the summary, for the answers to be written behind them.

        :raises AccessError: for anybody but the desk
        """
        for case in self:
            case.check_access("write")
            if not case._is_desk():
                raise AccessError(self.env._("Only service agents write the summary."))
            lines = (case.description or "").splitlines()
            fresh = [question["text"] for question in case._unanswered()]
            fresh = [text for text in fresh if text not in map(str.strip, lines)]
            if fresh:
                case.description = "\n".join([*lines, "", *(f"{text} " for text in fresh)])
        return True


def _answers(lines, texts):
    """Whether one of the lines holds an answer behind one of the questions."""
    return any(
        line.startswith(text) and line[len(text) :].strip(" :：")
        for line in lines
        for text in texts
    )


def _answer_in(lines, text):
    """Return the answer in the first line that begins with the question."""
    told = (line[len(text) :].strip(" :：") for line in lines if text and line.startswith(text))
    return next(filter(None, told), "")


def _spoken(question):
    """A question with its answers, on one line."""
    return " / ".join([question["text"], *question["choices"]])
