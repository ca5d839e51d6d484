from datetime import timedelta

from odoo import api, fields, models

#: The slot that is proposed: the usual two hours.
SLOT = timedelta(hours=2)


class WaterVisitWizard(models.TransientModel):
    """Agree on an appointment with the customer."""

    _name = "water.visit.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Plan a Visit"

    department_id = fields.Many2one(
        "water.department",
        required=True,
        compute="_compute_department",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Who Goes",
        domain="[('share', '=', False), ('water_department_ids', '=', department_id)]",
    )
    slot_from = fields.Datetime(string="Begins", required=True)
    slot_to = fields.Datetime(
        string="Ends",
        required=True,
        compute="_compute_slot_to",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    purpose = fields.Char(string="What Is to Be Done")

    @api.depends("case_ids")
    def _compute_department(self):
        for wizard in self:
            case = wizard._cases()[:1]
            department = case.department_id or case._proposed_department()
            own = self.env.user.water_department_ids
            if own and not case._is_desk():
                mine = case._speaks_for(self.env.user) or own[:1]
                department = department if department in own else mine
            wizard.department_id = department

    @api.depends("slot_from")
    def _compute_slot_to(self):
        for wizard in self:
            wizard.slot_to = wizard.slot_from and wizard.slot_from + SLOT

    def action_plan(self):
        """Make the appointment (rights and times are checked by the case)."""
        case = self._one()
        case._plan_visit(
            self.department_id, self.slot_from, self.slot_to, self.user_id, self.purpose
        )
        return {"type": "ir.actions.act_window_close"}
