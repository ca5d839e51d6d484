from odoo import models

from ...base.scope import uses
from ...base.telling import tell_staff
from ...base.trust import trusted


class WaterCaseMixin(models.AbstractModel):
    """A case that nobody has is shared out by its queue, and first sent where its zone says."""

    _inherit = "water.case.mixin"

    def _wake_allocation(self):
        """Let the queues share out cases without a handler."""
        waiting = self.filtered(lambda case: not case.user_id)
        is_used = uses(self.env, "water_service_desk.group_use_queues")
        if waiting and is_used and self.env["water.queue"]._is_any():
            # sudo: ir.cron - whoever files may have the queues look
            cron = self.env.ref("water_service_desk.ir_cron_allocate").sudo()
            cron._trigger()

    def _allocate_to(self, user, queue):
        """Give the case to ``user``: he handles it, and answers for it if nobody does yet.

        :param queue: water.queue that shares it out
        """
        self.ensure_one()
        fresh = not self.first_responsible_id
        people = {"user_id": user.id} | ({"first_responsible_id": user.id} if fresh else {})
        trusted(self).write(people)
        self._set_original_responsible()
        self._log_events("allocated", {"to": user.id, "note": queue.name})
        tell_staff(self, user, lambda case: case.env._("%s: yours to handle", case.name))
