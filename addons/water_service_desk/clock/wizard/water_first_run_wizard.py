from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...base.roles import MANAGER

PEOPLE = ("water_desk_head_id", "water_vice_president_id", "water_general_manager_id")
STAFF = "[('share', '=', False)]"


class WaterFirstRunWizard(models.TransientModel):
    """Step of the first-run checklist: who is notified of late cases without a handler."""

    _name = "water.first.run.wizard"
    _inherit = "water.mixin"
    _description = "Late Case Notifications"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    water_desk_head_id = fields.Many2one(
        "res.users", string="Head of Customer Service", domain=STAFF
    )
    water_vice_president_id = fields.Many2one(
        "res.users", string="Executive in Charge of Service", domain=STAFF
    )
    water_general_manager_id = fields.Many2one("res.users", string="General Manager", domain=STAFF)
    missing = fields.Text(string="Still Open", compute="_compute_missing")

    @api.model
    def default_get(self, fields):
        """Start with the people already named."""
        # sudo: res.company - the manager's own company
        company = self.env.company.sudo()
        named = {name: company[name].id for name in PEOPLE if name in fields and company[name]}
        return super().default_get(fields) | named

    @api.depends("company_id")
    def _compute_missing(self):
        """Return what keeps the ladder from reaching people, one per line."""
        for wizard in self:
            lines = self.env["water.setup"]._missing_ladder(wizard.company_id)
            departments = self.env["water.department"].search(
                [("manager_id", "=", False), ("company_id", "in", (False, wizard.company_id.id))]
            )
            lines += [self.env._("No head: %s", row.name) for row in departments]
            wizard.missing = "\n".join(lines)

    def action_save(self):
        """Save the named people.

        :raises AccessError: for others than managers of the company
        """
        self.ensure_one()
        user = self.env.user
        if not user.has_group(MANAGER) or self.company_id not in user.company_ids:
            raise AccessError(self.env._("Only a manager of the company names its people."))
        # sudo: res.company - a manager of the desk need not keep companies
        self.company_id.sudo().write({name: self[name].id for name in PEOPLE if self[name]})
        return {"type": "ir.actions.act_window_close"}
