from odoo import fields, models

from odoo.addons.water_service_desk.case.transitions import Missing, Move, Refusal

from ...complaint.models.water_complaint import OPEN_STATES


class WaterComplaint(models.Model):
    """While an appeal is open nobody asks the customer “solved?”, and nothing ends.

    The call-back that waits is put off, and made when the appeal is over.
    """

    _inherit = "water.complaint"

    _transitions = {
        ("notified", "confirmed"): Move(needs=("_need_appeal_over",)),
        ("confirmed", "archived"): Move(needs=("_need_appeal_over",)),
        ("callback", "archived"): Move(needs=("_need_appeal_over",)),
        **{
            (state, end): Move(needs=("_need_appeal_over",))
            for state in OPEN_STATES
            for end in ("merged", "withdrawn")
        },
    }

    def _stage_words(self):
        """Nobody is asked to confirm a result that is reviewed, whoever has appealed."""
        if self.state == "notified" and self.sudo()._open_appeal():
            return self.env._("We have told you the result. It is being reviewed.")
        return super()._stage_words()

    def _prepare_return(self, reason):
        """Nor does an order go back to its body meanwhile."""
        self._check_appeal_over()
        super()._prepare_return(reason)

    def _check_unsplitting(self):
        """Nor does the matter that is reviewed become another one."""
        self._check_appeal_over()
        super()._check_unsplitting()

    def _check_appeal_over(self):
        missing = [text for case in self for text in case._need_appeal_over()]
        if missing:
            raise Refusal(self[:1].name, self, missing)

    def _erasure_hindrances(self):
        """Nor is anything erased or destroyed that is reviewed."""
        hindrances = super()._erasure_hindrances()
        appeal = self.sudo()._open_appeal()
        if appeal:
            hindrances.append(self.env._("the appeal %s is being handled", appeal[0].name))
        return hindrances

    def _need_appeal_over(self):
        appeal = self.sudo()._open_appeal()
        if not appeal:
            return []
        words = self.env._("the appeal %s is decided first, or taken back", appeal.name)
        return [Missing(words, "action_open_appeals")]

    def _put_off_calls(self):
        """An appeal has come in: whoever waits for its decision is not asked how it went."""
        case = self.sudo()
        case._open_calls("follow_up")._void("appeal")

    def _hears_late_answer(self, kind):
        """Nor is he asked when he rings back meanwhile."""
        waits = kind == "follow_up" and self.sudo()._open_appeal()
        return not waits and super()._hears_late_answer(kind)

    def _take_up_calls(self):
        """The appeal is over, and the matter not handled again: the call is made after all."""
        case = self.sudo()
        calls = case.callback_ids.filtered(lambda row: row.kind == "follow_up").sorted("id")
        asked = case.state in ("confirmed", "callback")  # the latter when he had rung back himself
        if asked and calls[-1:].void_reason == "appeal":
            case._start_clocks("closed", at=fields.Datetime.now())
            case._start_follow_up_clocks()
            case._schedule_callback()

    def _appeal_over(self):
        """Hook: an appeal was decided or taken back, and the matter is not handled again."""
        self._take_up_calls()
