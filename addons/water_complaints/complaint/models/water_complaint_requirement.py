from odoo import fields, models

from odoo.addons.water_service_desk.case.transitions import Missing


class WaterComplaint(models.Model):
    """What must be there before a complaint takes a step: named by the transition table.

    Each method returns messages that tell what is missing, none when the step is free.
    """

    _inherit = "water.complaint"

    cause_id = fields.Many2one(
        "water.cause",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
        domain="[('parent_id', '!=', False)]",
        help="What the investigation has found to be the reason (S3.2.2c).",
    )

    def _need_readback(self):
        """S3.2.1d: nothing is dispatched before the customer has confirmed what was noted."""
        unreachable = self.is_anonymous and not (self.sudo().phone or self.sudo().email_from)
        if self.readback_at or unreachable or not self.channel_id.needs_readback:
            return []
        words = self.env._("read the matter back to the customer and have it confirmed")
        return [Missing(words, "action_readback")]

    def _need_department(self):
        if self.department_id:
            return []
        return [Missing(self.env._("choose the responsible department"), "action_dispatch")]

    def _need_acceptance(self):
        accepted = self.sudo().dispatch_ids.filtered(
            lambda row: row.role == "lead" and row.state in ("accepted", "finished")
        )
        if accepted:
            return []
        words = self.env._("the lead department has not accepted the dispatch yet")
        return [Missing(words, "action_open_dispatches")]

    def _need_finding(self):
        missing = []
        if not (self.investigation or "").strip():
            words = self.env._("write down what the investigation showed")
            missing.append(Missing(words, "investigation"))
        if not self.finding:
            words = self.env._("choose the finding: upheld, partly or not upheld")
            missing.append(Missing(words, "finding"))
        return missing

    def _need_resolution(self):
        if (self.resolution or "").strip():
            return []
        return [Missing(self.env._("write down the result"), "resolution")]

    def _need_notice(self):
        sent = self.sudo().notice_ids.filtered(
            lambda notice: (
                notice.kind == "result" and notice.sent_at and notice.round == self.reopen_count
            )
        )
        if sent:
            return []
        return [Missing(self.env._("notify the customer of the result"), "action_notify")]

    def _need_confirmation(self):
        if not self.confirm_mode:
            words = self.env._("record how the customer confirmed the result")
            return [Missing(words, "action_confirm")]
        if self.confirm_mode != "unanswered" and not self.satisfaction_result:
            return [Missing(self.env._("record how satisfied the customer is"), "action_confirm")]
        return []

    def _need_callback(self):
        waiting = self.sudo()._open_calls("follow_up")
        return [self._call_first()] if waiting else []

    def _need_no_callback(self):
        """Filed without a call only when nobody can be called, or the sample left it out."""
        latest = self.sudo().callback_ids.filtered(lambda row: row.kind == "follow_up")
        left_out = latest.sorted("id")[-1:].void_reason == "not_drawn"
        if self.is_anonymous or left_out:
            return self._need_callback()
        return [self._call_first()]

    def _call_first(self):
        return Missing(self.env._("make the call-back first"), "action_open_callbacks")

    def _need_end_reason(self):
        if (self.end_reason or "").strip():
            return []
        return [Missing(self.env._("give the reason"), "action_end")]
