from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...base.moments import moment_text
from ...base.roles import CALLER
from ...base.telling import tell_staff
from ...base.trust import trusted

#: Within this time a case is urged once, however often the customer rings.
URGED_ONCE = timedelta(hours=2)


class WaterCaseMixin(models.AbstractModel):
    """Who has to do what next, and how he is urged to it (催办)."""

    _inherit = "water.case.mixin"

    urge_count = fields.Integer(string="Urged", readonly=True, copy=False)
    urged_at = fields.Datetime(string="Last Urged", readonly=True, copy=False)
    can_urge = fields.Boolean(compute="_compute_next_step", export_string_translation=False)
    next_step = fields.Char(compute="_compute_next_step", help="Who has to do what, and when.")

    @api.depends("next_due_at", "next_due_kind", "deadline_state", "user_id", "urged_at", "state")
    @api.depends_context("uid", "lang")
    def _compute_next_step(self):
        kinds = dict(self._fields["next_due_kind"]._description_selection(self.env))
        asks = self._may_urge()
        for case in self:
            is_open = case.state not in case._final_states
            actor, kind = case._next_actor(), kinds.get(case.next_due_kind)
            urgeable = asks and is_open and case._origin and actor != self.env.user
            case.can_urge = bool(urgeable) and not case._urge_pause()
            case.next_step = is_open and self._worded_step(actor.name, kind, case.time_left)

    @api.model
    def _worded_step(self, who, kind, left):
        """“Chen: acceptance, 2 d left”, of what there is of it."""
        if kind and left:
            left = self.env._("%(kind)s – %(left)s", kind=kind, left=left)
        what = left or kind
        if who and what:
            return self.env._("%(who)s: %(what)s", who=who, what=what)
        if who:
            return self.env._("In the hands of %s", who)
        return what or False

    def _next_actor(self):
        """The person (res.users), or the department, whose turn it is."""
        # sudo: water.dispatch - that others work on it is shown to whoever reads the case
        case = self.sudo()
        lead = case.dispatch_ids.filtered(
            lambda row: row.role == "lead" and row.state in ("sent", "accepted")
        )[:1]
        person = lead.accepted_by_id or (not lead and (case.user_id or case._acting_responsible()))
        return person or lead.department_id

    # -- urging -------------------------------------------------------------------------------

    @api.model
    def _may_urge(self):
        return self.env.su or any(self.env.user.has_group(group) for group in CALLER)

    def _urge_pause(self):
        """Until when (naive UTC) the case is not urged again; nothing when it may be."""
        until = self.urged_at and self.urged_at + URGED_ONCE
        return until if until and until > fields.Datetime.now() else False

    def action_urge(self):
        """Tell those who work on the cases that the customer asks for it (催办): counted.

        :raises AccessError: for departments, who are the ones to be urged
        :raises UserError: for a finished case, one urged a moment ago, or one nobody works on
        """
        self.check_access("read")
        if not self._may_urge():
            raise AccessError(self.env._("Only those who talk to customers urge."))
        self._check_unsealed()
        for case in self:
            case._check_urge_pause()
            people = case._people_at_work()
            if not people:
                raise UserError(
                    self.env._("%s: nobody but you works on it; dispatch it.", case.name)
                )
            count = case.urge_count + 1
            trusted(case.sudo()).write({"urge_count": count, "urged_at": fields.Datetime.now()})
            case._log_events("urged", {"count": count})
            tell_staff(case, people, _urged_subject)
        return True

    def _check_urge_pause(self):
        until = self._urge_pause()
        if until:
            zone = self.company_id.sudo()._water_tz()
            at = moment_text(self.env, until, zone)
            raise UserError(
                self.env._(
                    "%(case)s was urged a moment ago; again from %(at)s.", case=self.name, at=at
                )
            )

    def _people_at_work(self):
        """Who works on the case now, in the desk and in departments, but for the user."""
        # sudo: water.dispatch, res.users - they are told, not shown
        case = self.sudo()
        running = case.dispatch_ids.filtered(lambda row: row.state in ("sent", "accepted"))
        waiting = running.filtered(lambda row: not row.accepted_by_id).department_id
        people = running.accepted_by_id | waiting.member_ids | waiting.manager_id
        people |= case.user_id or case._acting_responsible()
        return case._may_hear(people) - self.env.user


def _urged_subject(case):
    return case.env._("%(case)s: urged, %(count)s times", case=case.name, count=case.urge_count)
