from odoo import api, models


class WaterPauseForm(models.AbstractModel):
    """Asking for an extension or a pause, and the decision (延期审批单)."""

    _name = "report.water_complaints.report_form_pause"
    _inherit = "water.form.report.mixin"
    _description = "Approval Form of an Extension"
    _form_model = "water.deadline.pause"

    @api.model
    def _company(self, record):
        return record.deadline_id.company_id

    @api.model
    def _paper(self, record):
        clock = record.deadline_id
        facts = ("kind", "requested_by_id", "requested_at", "limit_before", "limit_after", "until")
        decided = ("state", "approved_by_id", "started_at", "ended_at")
        return {
            "title": self.env._("Approval Form of an Extension"),
            "number": clock._case().name,
            "facts": self._rows(clock, "label") + self._rows(record, *facts, *decided),
            "texts": self._rows(record, "reason", "refusal_reason"),
            "tables": [],
            "signs": [self.env._("Asked for by"), self.env._("Approved by")],
        }


class WaterCompensationForm(models.AbstractModel):
    """A compensation, how it was worked out and who decided (赔偿审批表)."""

    _name = "report.water_complaints.report_form_compensation"
    _inherit = "water.form.report.mixin"
    _description = "Approval Form of a Compensation"
    _form_model = "water.compensation"

    @api.model
    def _paper(self, record):
        whose = ("partner_id", "account_id")
        facts = ("kind", "case_category", "department_id", "failed_at", *whose, "amount", "due_on")
        paid = ("state", "payment_state", "paid_on")
        names = ("at", "user_id", "on_behalf_of_id", "decision", "amount", "reason")
        rows = record.approval_ids.sorted("id")
        decisions = self._listed(rows, self.env._("Decisions"), *names)
        told = "calculation" if record.calculation else "trace"  # in the reader's language, if so
        return {
            "title": self.env._("Approval Form of a Compensation"),
            "number": record.name,
            "facts": self._rows(record, *facts, *paid),
            "texts": self._rows(record, "reason", told),
            "tables": decisions,
            "signs": [self.env._("Proposed by"), self.env._("Approved by")],
        }
