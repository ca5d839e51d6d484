from odoo import models

from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.case.transitions import Missing


class WaterComplaint(models.Model):
    """What must be there before a complaint takes a step: named by the transition table.

    Each method returns messages that tell what is missing, none when the step is free.
    """

    _inherit = "water.complaint"

    def _need_department(self):
        if self.department_id:
            return []
        return [Missing(self.env._("choose the responsible department"), "action_dispatch")]

    def _need_acceptance(self):
        accepted = self.sudo().dispatch_ids.filtered(
            lambda row: (
                row.role == "lead"
                and row.state in ("accepted", "finished")
                and row.handling_round == self.handling_round
            )
        )
        if accepted:
            return []
        words = self.env._("the lead department has not accepted the dispatch yet")
        return [Missing(words, "action_open_dispatches")]

    def _need_new_round(self):
        """From handling it goes back to a department only when it is handled again."""
        if self.handling_round > 1:
            return []
        words = self.env._("only what is handled again goes back to a department from here")
        return [Missing(words, "action_open_dispatches")]

    def _need_resolution(self):
        if said(self.resolution):
            return []
        return [Missing(self.env._("write down the result"), "resolution")]

    def _need_callback(self):
        """Nobody waits for a call any more: neither ours nor one that he has asked for."""
        case = self.sudo()
        waiting = case._open_calls("follow_up") | case._open_calls("requested")
        return [self._call_first()] if waiting else []

    def _need_no_callback(self):
        """Filed without a call only when nobody can be called, or the sample left it out."""
        latest = self.sudo().callback_ids.filtered(lambda row: row.kind == "follow_up")
        left_out = latest.sorted("id")[-1:].void_reason == "not_drawn"
        if self.is_anonymous or left_out or self.sudo()._open_calls("requested"):
            return self._need_callback()
        return [self._call_first()]

    def _call_first(self):
        return Missing(self.env._("make the call-back first"), "action_open_callbacks")

    def _need_end_reason(self):
        if said(self.end_reason):
            return []
        return [Missing(self.env._("give the reason"), "action_end")]
