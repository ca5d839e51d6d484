from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ...base.roles import SUPERVISOR
from ...base.todos import end_todos, open_todos
from ...base.trust import trusted

#: From the second return on the supervisor hears of it (S2.1.4 不推诿).
ALERT_AT = 2
#: The third return is a dispute that goes up the line by itself (S-5).
ESCALATE_AT = 3
#: The to-do of whoever decides.
RULING = "water_service_desk.mail_activity_type_bounce"


class WaterCaseMixin(models.AbstractModel):
    """A case that departments send back: counted, told, and decided by the supervisor."""

    _inherit = "water.case.mixin"

    bounced_at = fields.Datetime(
        string="Bounced",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the third return made a dispute between departments of it.",
    )

    def _returns(self):
        """Dispatches that were sent back, oldest first, whoever may see them."""
        rejected = self.sudo().dispatch_ids.filtered(lambda row: row.state == "rejected")
        return rejected.sorted(lambda row: (row.rejected_at, row.id))

    def _check_ruled(self, departments):
        """Nobody but a supervisor sends a case to a department that has returned it.

        :raises UserError: with the reason the department gave
        """
        if self.env.su or self.env.user.has_group(SUPERVISOR):
            return
        for dispatch in self._returns().filtered(lambda row: row.department_id in departments):
            raise UserError(
                self.env._(
                    "%(note)s\nSend it to another department, or let a supervisor decide whose it"
                    " is.",
                    note=dispatch._return_note(),
                )
            )

    def _dispatch(self, department, supports=None, note=False, due=None):
        self._check_ruled(department | (supports or department))
        return super()._dispatch(department, supports, note, due)

    def _on_returned(self):
        """A dispatch came back: the second time tells the supervisor, the third goes higher."""
        if self.rejection_count >= ESCALATE_AT:
            self._escalate_returns()
        elif self.rejection_count >= ALERT_AT:
            self._tell_returns(self.sudo()._desk_supervisors())

    def _escalate_returns(self):
        """A dispute between departments: supervisors decide, those above hear of it."""
        case, returns = self.sudo(), self._returns()
        trusted(case).bounced_at = case.bounced_at or fields.Datetime.now()
        departments = returns.department_id
        codes = " ↔ ".join(departments.mapped("code"))
        case._log_events("bounced", {"note": codes, "count": case.rejection_count})
        deciders = case._desk_supervisors()
        above = departments.manager_id | departments.deputy_id
        case._ask_ruling(deciders)
        self._tell_returns((deciders | above) - case._people_concerned())

    def _ask_ruling(self, users):
        """A to-do for whoever decides; one for each case, however often it comes back."""
        for user in users - open_todos(self, RULING).user_id:
            lang = self.with_context(lang=user.lang).env
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                RULING,
                date_deadline=self.company_id._water_today(),
                summary=lang._("Decide which department takes it"),
                user_id=user.id,
            )

    def _send_dispatches(self, supports=None, note=False, due=None):
        super()._send_dispatches(supports, note, due)
        self._end_ruling()

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        self._end_ruling()

    def _end_ruling(self):
        """A department has it, the desk sees to it, or it is over: nobody decides any more."""
        end_todos(self.sudo().filtered("bounced_at"), RULING)

    def _tell_returns(self, users):
        case, returns = self.sudo(), self._returns()

        def compose(env):
            row = case.with_env(env).sudo()
            subject = env._(
                "%(case)s was returned %(count)s times", case=row.name, count=row.rejection_count
            )
            notes = Markup("").join(
                Markup("<li>%s</li>") % note._return_note() for note in returns.with_env(env).sudo()
            )
            line = env._("Decide which department takes it: %s", row._staff_line())
            return subject, Markup("<p>%s</p><ul>%s</ul>") % (line, notes)

        self.env["water.staff.message"]._tell(users, compose, record=case)
