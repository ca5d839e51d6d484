from odoo import api, fields, models


class WaterReportWizard(models.TransientModel):
    """Record that a major complaint was reported to the management (E2)."""

    _name = "water.report.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Report to the Management"
    _case_type = "water.complaint"

    user_id = fields.Many2one(
        "res.users",
        string="Reported to",
        domain=[("share", "=", False)],
        compute="_compute_user",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    note = fields.Text(string="Report and Orders", required=True)

    @api.depends("case_ids")
    def _compute_user(self):
        for wizard in self:
            wizard.user_id = wizard._cases()[:1]._vice_president()[:1]

    def action_save(self):
        """Record the report; the complaint checks access and completeness."""
        self._cases()._report(self.user_id, self.note)
        return {"type": "ir.actions.act_window_close"}
