# pylint: disable=missing-return  # hooks return nothing
from odoo import api, fields, models

#: Work that begins when the complaint is closed already, by what it is for.
AFTERWARDS = ("appeal_id", "review_id")


class WaterDeadline(models.Model):
    """Clocks of appeals and of reviews of dissatisfaction, besides those of a complaint.

    A missed limit may cost money, by the company's scheme of compensation.
    """

    _inherit = "water.deadline"

    appeal_id = fields.Many2one(
        "water.appeal", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    appeal_step = fields.Selection(
        [("receipt", "Receipt of the appeal"), ("decision", "Decision on the appeal")],
        readonly=True,
    )
    review_id = fields.Many2one(
        "water.satisfaction.review", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    @api.model
    def _copied_values(self, case, vals):
        values = super()._copied_values(case, vals)
        if any(vals.get(name) for name in AFTERWARDS) and not vals.get("met_at"):
            values["is_pending"] = True
        return values

    @api.depends(*AFTERWARDS)
    def _compute_is_pending(self):
        super()._compute_is_pending()
        for clock in self.filtered(lambda row: row.review_id):
            clock.is_pending = not clock.met_at and clock.state in ("running", "breached")

    def _log_on_cases(self, kind, payloads=None):
        """What happens to the clock of an appeal stands in the chain of the appeal."""
        ours = self.filtered("appeal_id")
        for clock in ours:
            payload = {"step": clock.appeal_step, "due": clock.due_at.isoformat()}
            clock.sudo().appeal_id._log_events(kind, payload)
        return super(WaterDeadline, self - ours)._log_on_cases(kind, payloads)

    def _recipients(self, step, case):
        """Who hears of a clock of an appeal or a review: those who have it in hand."""
        if not (self.appeal_id or self.review_id):
            return super()._recipients(step, case)
        if step.recipient in ("vice_president", "general_manager"):
            return super()._recipients(step, case)
        people = self.sudo().appeal_id.reviewer_id | self.sudo().review_id.user_id
        return people or case._desk_supervisors()

    def _reminded(self):
        """Who was told of the limit, and when, oldest first: for the supervision order."""
        told = self.env["water.escalation.notice"].sudo().search([("deadline_id", "=", self.id)])
        return [
            {
                "step": row.step_id.name,
                "who": row.user_id.name,
                "at": self._case()._customer_time(row.at),
            }
            for row in told.sorted("id")
        ]

    # -- compensation -----------------------------------------------------------------------

    def _after_breach(self):
        super()._after_breach()
        items = [item for clock in self.sudo() for item in clock._compensation_items()]
        if items:
            self.env["water.compensation"]._work_out(items)

    def _compensation_items(self):
        """What not having answered costs: by the guaranteed limit, or by that of the standard."""
        case = self._case()
        rule = case._answer_rule()
        guarded = "guarantee" if rule.limit_amount else "close"
        if not rule.is_automatic or self.kind != guarded or not case._is_payable():
            return []
        values = case._compensation_values(rule.trigger, self.due_at)
        return [{"values": {**values, "deadline_id": self.id}, "rule": rule, "facts": {}}]
