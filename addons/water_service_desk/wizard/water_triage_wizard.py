from odoo import api, fields, models

from ..models.water_category import SEVERITIES
from ..models.water_triage_mixin import NATURES

#: What the dialog shows of the case, and writes when it was changed there.
JUDGED = ("severity", "nature", "category_id", "prejudgement", "household_count")


class WaterTriageWizard(models.TransientModel):
    """Judge a case anew: what it is and how grave, with the reason (S3.2.1e)."""

    _name = "water.triage.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Reassess a Case"

    severity = fields.Selection(SEVERITIES, compute="_compute_judged", store=True, readonly=False)
    nature = fields.Selection(NATURES, compute="_compute_judged", store=True, readonly=False)
    category_id = fields.Many2one(
        "water.category", compute="_compute_judged", store=True, readonly=False
    )
    prejudgement = fields.Selection(
        [("valid", "Probably valid"), ("invalid", "Probably invalid")],
        string="First Judgement",
        compute="_compute_judged",
        store=True,
        readonly=False,
    )
    household_count = fields.Integer(
        string="Households Affected", compute="_compute_judged", store=True, readonly=False
    )
    reason = fields.Char(string="Why", required=True)

    @api.depends("case_ids")
    def _compute_judged(self):
        for wizard in self:
            case = wizard._cases()[:1]
            for name in JUDGED:
                wizard[name] = case[name]

    def action_save(self):
        """Keep what is seen otherwise (who may do so is checked by the case)."""
        case = self._cases()
        case.ensure_one()
        judged = {
            name: self[name].id if name == "category_id" else self[name]
            for name in JUDGED
            if self[name] != case[name]
        }
        case._retriage(judged, self.reason)
        return {"type": "ir.actions.act_window_close"}
