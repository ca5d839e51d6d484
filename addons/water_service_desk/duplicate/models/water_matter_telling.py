from odoo import fields, models

from ...base.todos import end_todos
from ...base.trust import trusted
from ...privacy.scrub import Scrubber
from .water_matter_mixin import RESULT


class WaterMatterMixin(models.AbstractModel):
    """Everybody whose contact was merged is answered, in his own case and in his own way."""

    _inherit = "water.matter.mixin"

    #: states in which the result was told, and the case goes on
    _told_states = ()
    #: external id of the message that tells the result, where no letter does
    _joined_template = None
    _todos_until_told = (RESULT,)

    def _merged_cases(self):
        """What is merged into it at this moment, whoever may see it."""
        # sudo: case - nobody sees more of them; they are told
        return self.sudo().duplicate_ids.filtered(lambda case: case.state == "merged")

    def _is_told_with(self, original):
        """Whether its customer is told with the original, since he is the same."""
        merged = "merged" in (self.state, original.state) and not self.external_ref
        return merged and self._same_customer(original)

    def _words_for(self, case, words):
        """Texts without what must not be told to the customer of ``case``.

        :param words: {field: text}
        """
        own = {str(word) for word in case.sudo()._erasure_words() if word}  # what both share
        foreign = [word for word in self.sudo()._erasure_words() if word and str(word) not in own]
        clean = Scrubber(foreign)
        return {
            name: clean(str(text or "").replace(self.name, case.name))
            for name, text in words.items()
        }

    def _answer_merged(self):
        """What was found out stands in the merged cases as well, and their customers hear it."""
        for case in self:
            for other in case._merged_cases():
                case._answer_one(other)

    def _answer_one(self, other):
        """What was found out stands in the merged case as well, and its customer hears it."""
        result = self._closing_result
        trusted(other).write(self._words_for(other, {result: self[result]}))
        other._log_events("duplicate_told", {"number": self.name})
        if not other._is_told_with(self):
            other._tell_merged()

    def _tell_late(self, case):
        """``case`` was merged when the result was told already: its customer hears it now."""
        if self.state in self._told_states:
            self._answer_one(case)
            self._keep_guarantee(case)

    def _keep_guarantee(self, case):
        """What another customer was guaranteed is kept when he hears the result as well."""
        promised = case._promised_to_him().filtered(lambda row: row.kind == "guarantee")
        (promised & self.sudo()._open_clocks())._meet(fields.Datetime.now())

    def _tell_merged(self):
        """By a message, or by his own first responsible person where none reaches him."""
        end_todos(self, RESULT)  # told anew, there is one thing to tell
        if self.email_from or self.phone:
            self._send_to_customer(self.env.ref(self._joined_template))
        elif not self.is_anonymous:
            self._ask_to_tell()

    def _ask_to_tell(self):
        """A to-do for whoever answers for the merged case: tell the customer by phone."""
        user = self._acting_responsible() or self._desk_supervisors()[:1]
        if user:
            self.activity_schedule(
                RESULT,
                user_id=user.id,
                summary=self.with_context(lang=user.lang).env._("Tell the customer the result"),
            )
