from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.trust import trusted


class WaterCallback(models.Model):
    """Whoever could not be reached rings back himself: the call is made then (S3.2.4a)."""

    _inherit = "water.callback"

    can_take_up = fields.Boolean(compute="_compute_can_take_up", export_string_translation=False)

    @api.depends("state", "outcome")
    @api.depends_context("uid")
    def _compute_can_take_up(self):
        for callback in self:
            callback.can_take_up = not callback._take_up_fault()

    def action_take_up(self):
        """The customer is on the telephone: ask him now what nobody could ask.

        What he says stands instead of “unreachable”; the tries in vain stay on record.

        :raises UserError: for any other call, by whoever did the work, or when the case is filed,
            or taken up again
        """
        self.check_access("write")
        self.ensure_one()
        self._check_case_sealed()
        fault = self._take_up_fault()
        if fault:
            raise UserError(fault)
        now = fields.Datetime.now()
        again = {"wished_at": now, "next_attempt_at": now, "started_at": now}  # he has called
        values = {"state": "open", "outcome": False, "done_at": False, "user_id": self.env.uid}
        trusted(self.sudo()).write(values | again)
        self._case()._log_events("callback_taken_up")
        self._fill_answers()
        return True

    def _take_up_fault(self):
        """Why this call is not made after all, as a sentence; "" when it can."""
        if (self.state, self.outcome) != ("done", "unreachable"):
            return self.env._("Only a call in which nobody was reached is made after all.")
        # sudo: case - whether it waits for that call, whoever sees it
        case = self.sudo()._case()
        latest = case.callback_ids.filtered(lambda row: row.kind == self.kind).sorted("id")[-1:]
        ended = self.kind == "follow_up" and case.closed_at and case.closed_at > self.done_at
        if latest != self.sudo() or ended or not case._hears_late_answer(self.kind):
            return self.env._("The case has gone on since: what the customer says belongs there.")
        if not self.env.su and self._did_the_work():
            return self.env._("Whoever handled the case cannot make the call-back.")
        return ""
