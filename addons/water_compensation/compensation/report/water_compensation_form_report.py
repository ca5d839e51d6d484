from odoo import api, models


class WaterCompensationForm(models.AbstractModel):
    """A compensation, how it was worked out and who decided (赔偿审批表)."""

    _name = "report.water_compensation.report_form_compensation"
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
