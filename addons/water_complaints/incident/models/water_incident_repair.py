from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.water_service_desk.base.apart import each_apart
from odoo.addons.water_service_desk.base.moments import is_late
from odoo.addons.water_service_desk.base.todos import end_todos, open_todos
from odoo.addons.water_service_desk.base.trust import trusted

#: Share of the time after which whoever commands is reminded of the limit.
WARN = 0.8
#: The to-do of whoever is reminded of the limit.
REPAIR = "water_complaints.mail_activity_type_repair"


class WaterIncident(models.Model):
    """How long the repair of a pipe may take, by its diameter (抢修时限, S-3).

    Up to a diameter it is repaired within a day, a larger main within two (company settings);
    holidays do not extend it. Whoever commands is reminded before, and when it is over all in
    charge hear of it.
    """

    _inherit = "water.incident"

    pipe_diameter = fields.Integer(
        string="Pipe Diameter (mm)",
        tracking=True,
        help="Nominal diameter (DN) of the pipe that has to be repaired; 0 when it is none.",
    )
    repair_due_at = fields.Datetime(
        string="Repair Limit",
        compute="_compute_repair_due_at",
        store=True,
        help="By when the supply has to be back, by the diameter of the pipe.",
    )
    repair_state = fields.Selection(
        [
            ("running", "Repair running"),
            ("late", "Repair overdue"),
            ("kept", "Repaired in time"),
            ("missed", "Repaired too late"),
        ],
        string="Repair Progress",
        compute="_compute_repair_state",
    )
    repair_warned_at = fields.Datetime(readonly=True, copy=False)
    repair_missed_at = fields.Datetime(string="Repair Overdue since", readonly=True, copy=False)

    _diameter_sane = models.Constraint(
        "CHECK (pipe_diameter BETWEEN 0 AND 10000)",
        "Enter the diameter of the pipe in millimetres, such as 600.",
    )

    @api.depends("aware_at", "pipe_diameter", "is_planned")
    def _compute_repair_due_at(self):
        """By the settings of now: what is over keeps its limit, see ``res.company``."""
        for incident in self:
            company = incident.company_id.sudo()
            large = incident.pipe_diameter > company.water_repair_large_above
            hours = company.water_repair_hours_large if large else company.water_repair_hours
            counts = incident.pipe_diameter and incident.aware_at and not incident.is_planned
            incident.repair_due_at = counts and incident.aware_at + timedelta(hours=hours)

    @api.depends("repair_due_at", "restored_at", "state")
    def _compute_repair_state(self):
        now = fields.Datetime.now()
        for incident in self:
            due, end = incident.repair_due_at, incident.restored_at
            state = False
            if due and end:
                state = "missed" if is_late(due, end) else "kept"
            elif due and incident.state in ("proposed", "open"):
                state = "late" if is_late(due, now) else "running"
            incident.repair_state = state

    @api.model
    def _watch_repairs(self):
        """Remind whoever commands before the limit, and tell all in charge when it is over."""
        now = fields.Datetime.now()
        running = self.sudo().search([("state", "=", "open"), ("repair_due_at", "!=", False)])
        each_apart(running, type(self)._watch_repair, now)
        free = [("repair_due_at", "=", False), ("repair_warned_at", "!=", False)]
        self.sudo().search([("state", "=", "open"), *free])._forget_repair()

    def _forget_repair(self):
        """There is nothing to repair, by what is known now."""
        end_todos(self, REPAIR)
        trusted(self).write({"repair_warned_at": False, "repair_missed_at": False})

    def _watch_repair(self, now):
        due = self.repair_due_at
        self._forget_moved_limit(now)
        for todo in open_todos(self, REPAIR):
            words = self._repair_words(todo.user_id)
            if todo.summary != words:
                todo.summary = words
        if is_late(due, now) and not self.repair_missed_at:
            trusted(self).write({"repair_missed_at": due, "repair_warned_at": now})
            self._tell_repair_late()
        elif now >= self._repair_warn_at() and not self.repair_warned_at:
            trusted(self).repair_warned_at = now
            self._remind_of_repair()

    def _restore(self, at, text, chosen=None):
        super()._restore(at, text, chosen)
        end_todos(self, REPAIR)

    def _forget_moved_limit(self, now):
        """Reminded of, or overdue by, a limit that the diameter has put off since: anew."""
        values = {}
        if self.repair_missed_at and not is_late(self.repair_due_at, now):
            values["repair_missed_at"] = False
        if self.repair_warned_at and now < self._repair_warn_at():
            values["repair_warned_at"] = False
            end_todos(self, REPAIR)
        if values:
            trusted(self).write(values)

    def _repair_warn_at(self):
        return self.aware_at + (self.repair_due_at - self.aware_at) * WARN

    def _remind_of_repair(self):
        user = self._commander()
        self.activity_schedule(REPAIR, summary=self._repair_words(user), user_id=user.id)

    def _repair_words(self, user):
        """The limit, as whoever is reminded of it reads it."""
        told = self.with_context(lang=user.lang)
        until = told._local(self.repair_due_at)
        return told.env._("The repair has to be finished by %s", until)

    def _tell_repair_late(self):
        people = self.manager_id | self.opened_by_id | self.roster_ids
        people |= self.department_id.manager_id | self.department_id.deputy_id
        people |= self.company_id.water_general_manager_id

        def compose(env):
            incident = self.with_env(env)
            until = incident._local(incident.repair_due_at)
            subject = env._(
                "Repair overdue since %(until)s: %(incident)s",
                until=until,
                incident=incident.display_name,
            )
            return subject, incident.cause or incident.subject

        self.env["water.staff.message"]._tell(people, compose, self)
