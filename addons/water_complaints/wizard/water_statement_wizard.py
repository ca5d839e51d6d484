from odoo import api, fields, models


class WaterStatementWizard(models.TransientModel):
    """Ask the person or unit complained of for a statement, without the source (E9)."""

    _name = "water.statement.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Ask for a Statement"

    user_id = fields.Many2one(
        "res.users",
        string="Asked",
        required=True,
        domain=[("share", "=", False)],
        compute="_compute_from_case",
        store=True,
        readonly=False,
        precompute=True,
    )
    content = fields.Text(
        required=True, compute="_compute_from_case", store=True, readonly=False, precompute=True
    )

    @api.depends("case_ids")
    def _compute_from_case(self):
        """Propose the person, or the head of the unit, and the summary of the matter."""
        for wizard in self:
            case = wizard._cases()[:1]
            case = case if case._name == "water.complaint" else self.env["water.complaint"]
            known = case.sudo()
            wizard.user_id = known.person_complained_id or known.department_complained_id.manager_id
            wizard.content = case.description

    def action_ask(self):
        """Ask him (who may do so is checked by the complaint)."""
        self.env["water.statement"]._ask(self._cases(), self.user_id, self.content)
        return {"type": "ir.actions.act_window_close"}
