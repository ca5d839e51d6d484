from odoo import api, models
from odoo.exceptions import AccessError

from ..roles import MANAGER
from .base import OURS

#: how the modules of the addons begin
MODULES = "odoo.addons.water_"


class IrEmbeddedActions(models.Model):
    """A button beside a page does with the rights of whoever presses it what another has chosen.

    Odoo lets every member of staff put one before his colleagues, by any name and with any method:
    whoever believes that he looks at something would approve it.
    """

    _inherit = "ir.embedded.actions"

    @api.constrains(
        *("user_id", "python_method", "action_id", "parent_action_id", "parent_res_model"),
        *("context", "domain", "groups_ids"),
    )
    def _check_presses_nothing(self):
        user = self.env.user
        if user._is_admin() or user.has_group(MANAGER):  # whoever is asked, in whatever mode
            return
        for row in self.filtered(lambda row: row.user_id != user):
            if row._does_ours():
                raise AccessError(
                    self.env._(
                        "A button that others press does something with their rights: managers"
                        " set it."
                    )
                )

    def _does_ours(self):
        """Whether it stands beside a page of ours, or does something with what is on one."""
        # sudo: ir.actions - what it opens or does, whoever puts it there
        row = self.sudo()
        action = self.env[row.action_id.type or "ir.actions.act_window"].sudo()
        action = action.browse(row.action_id.id)
        names = {row.parent_res_model, row.parent_action_id.res_model}
        if action._name == "ir.actions.server":
            names.add(action.model_id.model)
        method = getattr(self.env.get(row.parent_res_model), row.python_method or "", None)
        is_ours = getattr(method, "__module__", "").startswith(MODULES)
        return is_ours or any((name or "").startswith(OURS) for name in names)
