from odoo import api, fields, models
from odoo.fields import Domain

#: Recipients who are notified about such a clock in any case.
HEADS = ("vice_president", "general_manager")


class WaterDeadline(models.Model):
    """Clocks of appeals: receipt and decision, when the complaint is closed already."""

    _inherit = "water.deadline"

    appeal_id = fields.Many2one(
        "water.appeal", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    appeal_step = fields.Selection(
        [
            ("receipt", "Receipt of the appeal"),
            ("decision", "Decision on the appeal"),
            ("statement", "Statement to the other body"),
        ],
        readonly=True,
    )

    @api.model
    def _counted_back(self):
        """Return the clocks counted back from a body's limit, also those of our statements."""
        return super()._counted_back() | Domain("appeal_id.external_due_at", "!=", False)

    def _count_back_again(self):
        statements = self.filtered("appeal_id")
        for clock in statements:
            appeal = clock.appeal_id
            clock._follow_body(appeal.external_due_at, appeal.filed_at)
        super(WaterDeadline, self - statements)._count_back_again()

    def _log_on_cases(self, kind, payloads=None):
        ours = self.filtered("appeal_id")
        for clock in ours:
            payload = {"step": clock.appeal_step, "due": clock.due_at.isoformat()}
            payload |= payloads[clock.id] if payloads else {}
            clock.sudo().appeal_id._log_events(kind, payload)
        return super(WaterDeadline, self - ours)._log_on_cases(kind, payloads)

    def _is_told_to_customer(self):
        return self.appeal_step == "decision" or super()._is_told_to_customer()

    def _customer_new_date(self):
        if self.appeal_step != "decision":
            return super()._customer_new_date()
        case = self._message_case()
        return self.env._("We will decide by %s.", case._customer_time(self.due_at))

    def _message_case(self):
        """Send messages about an appeal's clock to the appellant alone."""
        appellant = self.sudo().appeal_id.appellant_case_id.with_env(self.env)
        return appellant or super()._message_case()

    def _holder(self):
        appeal = self.sudo().appeal_id
        if not appeal:
            return super()._holder()
        return self.env["water.department"], appeal.reviewer_id

    def _body_limit(self):
        if self.appeal_step == "statement":
            return self.sudo().appeal_id.external_due_at
        return super()._body_limit()

    def _recipients(self, step, case):
        if not self.appeal_id or step.recipient in HEADS:
            return super()._recipients(step, case)
        return self.sudo().appeal_id.reviewer_id or case._desk_supervisors()
