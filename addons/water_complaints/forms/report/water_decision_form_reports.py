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
        decided = ("state", "decided_by_id", "started_at", "ended_at")
        return {
            "title": self.env._("Approval Form of an Extension"),
            "number": clock._case().name,
            "facts": self._rows(clock, "label") + self._rows(record, *facts, *decided),
            "texts": self._rows(record, "reason", "refusal_reason"),
            "tables": [],
            "signs": [self.env._("Asked for by"), self.env._("Approved by")],
        }
