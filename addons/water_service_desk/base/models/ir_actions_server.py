from odoo import models
from odoo.exceptions import AccessError


class IrActionsServer(models.Model):
    """What the clock does is done by the clock, or by an administrator who presses its button.

    Odoo has everybody run each action whose records he may write, by its number: an agent would
    close cases, work out what is owed and make entries in his own name, whenever he likes.
    """

    _inherit = "ir.actions.server"

    def run(self):
        """Run the actions as Odoo does.

        :raises AccessError: for scheduled ones, unless the system or an administrator asks
        """
        # sudo: ir.actions.server - whoever may run an action need not be allowed to read it
        clockwork = self.sudo().filtered(lambda action: action.usage == "ir_cron")
        if clockwork and not self._may_run(clockwork):
            raise AccessError(
                self.env._("Scheduled actions are run by the system and by administrators.")
            )
        return super().run()

    def _may_run(self, clockwork):
        if self.env.su or self.env.user._is_system():
            return True
        # Somebody whom an administrator has named as the one in whose name it runs.
        return all(self.env.user in action.ir_cron_ids.user_id for action in clockwork)
