from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.roles import SUPERVISOR


class WaterDispatch(models.Model):
    """Who may take what was sent to a department: nobody is offered what would be refused."""

    _inherit = "water.dispatch"

    can_accept = fields.Boolean(compute="_compute_can_accept", export_string_translation=False)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_accept(self):
        for dispatch in self:
            dispatch.can_accept = dispatch.state == "sent" and dispatch._may_accept()

    def _may_accept(self):
        """Whether it is the user's to take: nobody gets again what he had handled before."""
        user = self.env.user
        if not (user.has_group(SUPERVISOR) or self.department_id in user.water_department_ids):
            return self.env.su
        try:
            self.sudo()._case()._check_handler(user)
        except UserError:
            return False
        return True
