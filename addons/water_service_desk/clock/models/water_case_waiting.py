from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

#: Clocks of our work on the matter. What was promised for a date, or to another body, goes on.
STOPPED = frozenset({"verify", "plan", "close", "feedback", "work", "step"})
#: With these the customer has answered.
ANSWERED = frozenset({"customer_message"})


class WaterCaseMixin(models.AbstractModel):
    """A stage in which we wait for the customer stops the clocks of the work (S2.3.2c).

    By rule, and no longer than anybody may pause them without approval; the clocks run again
    when the case leaves the stage, when the customer answers, or when that time is over.
    """

    _inherit = "water.case.mixin"

    _reactions = {"stage_id": ("_on_waiting_stage",)}

    def _on_waiting_stage(self, before, _vals):
        for case in self.sudo():
            waited = before[case.id]["stage_id"].sudo().waits_for_customer
            if case.stage_id.waits_for_customer and not waited:
                case._pause_for_customer()
            elif waited and not case.stage_id.waits_for_customer:
                case._end_waiting(fields.Datetime.now())

    def _on_event(self, kind, at):
        super()._on_event(kind, at)
        if kind in ANSWERED:
            self.sudo()._end_waiting(at)

    def _pause_for_customer(self):
        """Stop what may be stopped, and has time left to stand still."""
        now = fields.Datetime.now()
        lang = self.partner_id.lang or self.company_id.partner_id.lang  # the customer reads it
        stage = self.stage_id.with_context(lang=lang)
        for clock in self._pausable_clocks().filtered(lambda clock: clock.kind in STOPPED):
            left = clock._waiting_left()
            if left <= timedelta(0):
                continue
            values = {"until": now + left, "by_rule": True}
            reason = stage.public_name or stage.name
            try:
                pauses = clock._create_pauses("pause", reason, values)
            except UserError:  # the case type has its own way, or another body waits: it goes on
                continue
            pauses.sudo()._begin()

    def _end_waiting(self, at):
        """Nobody waits for the customer any more: clocks that a rule has stopped run again."""
        pauses = self.deadline_ids.pause_ids
        pauses.filtered(lambda pause: pause._is_waiting())._end(at)
