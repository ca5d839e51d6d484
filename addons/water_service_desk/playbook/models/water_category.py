from odoo import fields, models

from ...base.scope import uses


class WaterCategory(models.Model):
    """A category may have playbooks: Odoo's activity plans, one for each kind of case."""

    _inherit = "water.category"

    plan_ids = fields.Many2many(
        "mail.activity.plan",
        string="Playbooks",
        help="Their steps become activities once the case is assigned; a category without any uses "
        "its family's.",
    )

    def _playbook(self, model):
        if not uses(self.env, "water_service_desk.group_use_playbooks"):
            return self.env["mail.activity.plan"]
        plans = self.plan_ids or self.parent_id.plan_ids
        return plans.filtered(lambda plan: plan.res_model == model)
