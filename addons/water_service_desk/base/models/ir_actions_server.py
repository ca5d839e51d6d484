from odoo import models
from odoo.exceptions import AccessError


class IrActionsServer(models.Model):
    """Lets scheduled actions run only by the scheduler, or by an administrator.

    Odoo lets users run each action whose records they may write, by its id: agents could close
    cases or create compensations at any time.
    """

    _inherit = "ir.actions.server"

    def run(self):
        """Run the actions as Odoo does.

        :raises AccessError: for scheduled ones, unless the system or an administrator asks
        """
        # sudo: ir.actions.server - running an action needs no right to read it
        clockwork = self.sudo().filtered(lambda action: action.usage == "ir_cron")
        if clockwork and not self._may_run(clockwork):
            raise AccessError(
                self.env._("Scheduled actions are run by the system and by administrators.")
            )
        return super().run()

    def _may_run(self, clockwork):
        if self.env.su or self.env.user._is_system():
            return True
        # A user named by an administrator to run it.
        return all(self.env.user in action.ir_cron_ids.user_id for action in clockwork)
