from odoo import api, models
from odoo.exceptions import AccessError

from ..links import OURS
from ..roles import MANAGER

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
        *("name", "context", "domain", "groups_ids"),
    )
    def _check_presses_nothing(self):
        """What does something is an administrator's; a page beside ours may be a manager's.

        Managers confirm each other's changes: one of them would have the other press the button.
        """
        user = self.env.user  # whoever is asked, in whatever mode
        for row in self.filtered(lambda row: row.user_id != user and not user._is_admin()):
            if row._does_ours() or (row._stands_on_ours() and not user.has_group(MANAGER)):
                raise AccessError(
                    self.env._(
                        "A button that others press does something with their rights:"
                        " administrators set it, and managers what opens another page."
                    )
                )

    def _does_ours(self):
        """Whether pressing it calls a method, or runs an action, that concerns what is ours."""
        # sudo: ir.actions - what it does, whoever puts it there
        row = self.sudo()
        method = getattr(self.env.get(row.parent_res_model), row.python_method or "", None)
        is_ours = getattr(method, "__module__", "").startswith(MODULES)
        if row.python_method:
            return is_ours or row._stands_on_ours()
        if row.action_id.type != "ir.actions.server":
            return False
        model = self.env["ir.actions.server"].sudo().browse(row.action_id.id).model_id.model
        return (model or "").startswith(OURS) or row._stands_on_ours()

    def _stands_on_ours(self):
        """Whether it is seen on a page of ours."""
        row = self.sudo()
        names = (row.parent_res_model, row.parent_action_id.res_model)
        return any((name or "").startswith(OURS) for name in names)
