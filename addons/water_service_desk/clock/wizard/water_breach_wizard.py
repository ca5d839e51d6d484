from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.files import Files
from ..models.water_deadline_escalating import REASONS


class WaterBreachWizard(models.TransientModel):
    """Explain a missed limit with evidence; another person decides on the excuse."""

    _name = "water.breach.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Why a Limit Was Missed"

    deadline_id = fields.Many2one(
        "water.deadline",
        string="Missed Limit",
        compute="_compute_deadline",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    missed_ids = fields.Many2many("water.deadline", compute="_compute_missed")
    reason = fields.Selection(REASONS, required=True, default="own")
    note = fields.Text(string="In Words", required=True)
    attachment_ids = Files("ir.attachment", string="Evidence")

    @api.depends("case_ids")
    def _compute_missed(self):
        for wizard in self:
            wizard.missed_ids = wizard._missed()

    @api.depends("case_ids")
    def _compute_deadline(self):
        for wizard in self:
            wizard.deadline_id = wizard._missed()[:1]

    def _missed(self):
        return self._cases().deadline_ids.filtered("can_explain")

    def action_save(self):
        """Keep the reason (write access to the case is checked by the limit).

        :raises UserError: when the limit is not one of the case's, or as the limit says
        """
        self.ensure_one()
        if self.deadline_id not in self._cases().deadline_ids:
            raise UserError(self.env._("Choose a missed limit of this case."))
        self.deadline_id._explain_breach(self.reason, self.note, self.attachment_ids)
        return {"type": "ir.actions.act_window_close"}
