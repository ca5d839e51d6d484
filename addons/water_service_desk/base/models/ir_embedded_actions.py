from odoo import api, models
from odoo.exceptions import AccessError

from ..links import OURS
from ..roles import MANAGER

#: how the modules of the addons begin
MODULES = "odoo.addons.water_"


class IrEmbeddedActions(models.Model):
    """Restricts buttons that users add beside pages, which run with the rights of who presses them.

    Odoo lets all internal users add them for colleagues, with any name and method: a user who means
    to open a record could approve it.
    """

    _inherit = "ir.embedded.actions"

    @api.constrains(
        *("user_id", "python_method", "action_id", "parent_action_id", "parent_res_model"),
        *("name", "context", "domain", "groups_ids"),
    )
    def _check_presses_nothing(self):
        """Let only administrators add buttons that act, and managers those beside our pages.

        Managers confirm each other's changes: one could make the other press such a button.
        """
        user = self.env.user  # checked for all callers
        for row in self.filtered(lambda row: row.user_id != user and not user._is_admin()):
            if row._does_ours() or (row._stands_on_ours() and not user.has_group(MANAGER)):
                raise AccessError(
                    self.env._(
                        "A button that others press does something with their rights:"
                        " administrators set it, and managers what opens another page."
                    )
                )

    def _does_ours(self):
        """Return whether the button calls a method or action of ours."""
        # sudo: ir.actions - the action behind the button
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
        row = self.sudo()
        names = (row.parent_res_model, row.parent_action_id.res_model)
        return any((name or "").startswith(OURS) for name in names)
