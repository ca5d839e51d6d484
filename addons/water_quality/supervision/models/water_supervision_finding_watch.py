from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.water_service_desk.base.apart import each_apart
from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.roles import QUALITY
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted

#: How long before the date the responsible people are reminded.
REMIND = timedelta(days=2)
WAITING = [("state", "in", ("open", "answered"))]


class WaterSupervisionFinding(models.Model):
    """The date of the answer is watched: a reminder before it, word to those above after it."""

    _inherit = "water.supervision.finding"

    reminded_at = fields.Datetime(readonly=True, copy=False)
    breached_at = fields.Datetime(string="Late since", readonly=True, copy=False)
    breached_department_id = fields.Many2one(
        "water.department", string="Late in", readonly=True, copy=False
    )
    breached_user_id = fields.Many2one("res.users", string="Late with", readonly=True, copy=False)

    @api.model
    def _cron_watch(self):
        """Scheduled action: each reminder and each breach once."""
        now = fields.Datetime.now()
        soon = self.search(
            [*WAITING, ("reminded_at", "=", False), ("reply_due_at", "<=", now + REMIND)]
        )
        soon = soon.try_lock_for_update(allow_referencing=True)
        each_apart(soon, type(self)._remind, now)
        late = self.search([*WAITING, ("breached_at", "=", False), ("reply_due_at", "<", now)])
        each_apart(late.try_lock_for_update(allow_referencing=True), type(self)._miss)

    def _remind(self, now):
        trusted(self).reminded_at = now
        self._tell_due(self._responsible())

    def _miss(self):
        self._keep_breach()
        self._tell_due(self._responsible() | self.department_id.manager_id | self._watchers())

    def _keep_breach(self):
        """Keep who had it when the date passed; it stays through every later hand-over."""
        if not self.breached_at:
            trusted(self.sudo()).write(
                {
                    "breached_at": self.reply_due_at,
                    "breached_department_id": self.department_id.id,
                    "breached_user_id": self._responsible().id,
                }
            )

    def _watchers(self):
        """Quality and the general manager of the company."""
        # sudo: res.groups - that such people exist is no secret
        people = self.env.ref(QUALITY).sudo().all_user_ids
        here = people.filtered(lambda user: self.company_id in user.company_ids)
        return here | self.company_id.sudo().water_general_manager_id

    def _tell_due(self, people):
        tell_staff(
            self,
            self._told(people),
            lambda one: one.env._("%s: the answer to a finding from outside is due", one.name),
            lambda one: " · ".join((one.subject, one._due_text())),
        )

    def _due_text(self):
        return moment_text(self.env, self.reply_due_at, self.company_id._water_tz())
