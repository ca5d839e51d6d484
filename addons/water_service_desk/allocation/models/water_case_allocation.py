from odoo import models

from ...base.scope import uses
from ...base.telling import tell_staff
from ...base.trust import trusted


class WaterCaseMixin(models.AbstractModel):
    """Sharing out unassigned cases by queues, first to the zone's station."""

    _inherit = "water.case.mixin"

    def _wake_allocation(self):
        waiting = self.filtered(lambda case: not case.user_id)
        is_used = uses(self.env, "water_service_desk.group_use_queues")
        if waiting and is_used and self.env["water.queue"]._is_any():
            # sudo: ir.cron - filing a case wakes the queues
            cron = self.env.ref("water_service_desk.ir_cron_allocate").sudo()
            cron._trigger()

    def _allocate_to(self, user, queue):
        self.ensure_one()
        fresh = not self.first_responsible_id
        people = {"user_id": user.id} | ({"first_responsible_id": user.id} if fresh else {})
        trusted(self).write(people)
        self._set_original_responsible()
        self._log_events("allocated", {"to": user.id, "note": queue.name})
        tell_staff(self, user, lambda case: case.env._("%s: yours to handle", case.name))
