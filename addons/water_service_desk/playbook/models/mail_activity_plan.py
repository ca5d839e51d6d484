from odoo import api, fields, models
from odoo.fields import Domain

from ...base.true_only import true_only


class MailActivityPlan(models.Model):
    """A plan whose steps are those of a case is a playbook."""

    _inherit = "mail.activity.plan"

    is_playbook = fields.Boolean(
        compute="_compute_is_playbook",
        search="_search_is_playbook",
        export_string_translation=False,
    )

    @api.depends("res_model")
    def _compute_is_playbook(self):
        names = self.env["water.case.link.mixin"]._case_models().values()
        for plan in self:
            plan.is_playbook = plan.res_model in names

    @api.model
    @true_only
    def _search_is_playbook(self):
        names = list(self.env["water.case.link.mixin"]._case_models().values())
        return Domain("res_model", "in", names)
