from odoo import api, fields, models
from odoo.exceptions import UserError


class WaterDispatchWizard(models.TransientModel):
    """Choose who leads and who supports (主办, 协办)."""

    _name = "water.dispatch.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Dispatch to a Department"

    department_id = fields.Many2one(
        "water.department",
        string="Lead Department",
        required=True,
        compute="_compute_departments",
        compute_sudo=False,
        precompute=True,
        store=True,
        readonly=False,
    )
    support_department_ids = fields.Many2many(
        "water.department",
        string="Supporting Departments",
        compute="_compute_departments",
        compute_sudo=False,
        precompute=True,
        store=True,
        readonly=False,
    )
    note = fields.Text(string="Instruction")
    nobody_note = fields.Char(compute="_compute_nobody_note")
    due_at = fields.Datetime(
        string="To Be Done by", help="Empty: by the standard of the case, within its own limit."
    )

    @api.depends("case_ids")
    def _compute_departments(self):
        for wizard in self:
            case = wizard._cases()[:1]
            returned = case._returns()[-1:]
            named = returned.suggested_department_id if case.return_note else False
            lead = named or case.department_id or case._proposed_department()
            wizard.department_id = lead
            supports = case._of_its_company(case.category_id.support_department_ids)
            wizard.support_department_ids = supports - lead

    @api.depends("case_ids", "department_id", "support_department_ids")
    def _compute_nobody_note(self):
        """Warn before sending if no one in the department can read the case."""
        for wizard in self:
            cases = wizard._cases()
            chosen = wizard.department_id | wizard.support_department_ids
            empty = chosen.filtered(lambda row, cases=cases: cases and not row._hearing(cases))
            names = empty.sudo().mapped("name")
            wizard.nobody_note = bool(names) and self.env._(
                "%s has no staff who would be notified, so the supervisors will be told. Choose "
                "another department, or take care of it yourself.",
                names,
            )

    @api.onchange("department_id")
    def _onchange_department_id(self):
        # in an open form the listed departments are drafts of the chosen ones
        self.support_department_ids = self.support_department_ids._origin - self.department_id

    def action_dispatch(self):
        """Send the cases; who had them before keeps the first responsibility."""
        for case in self._cases():
            supports = self.support_department_ids - self.department_id
            case._dispatch(self.department_id, supports, self.note, self.due_at or None)
        return {"type": "ir.actions.act_window_close"}

    @api.constrains("department_id", "support_department_ids")
    def _check_departments(self):
        for wizard in self:
            if wizard.department_id in wizard.support_department_ids:
                raise UserError(self.env._("The lead department cannot support itself."))
