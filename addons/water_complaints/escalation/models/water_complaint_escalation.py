from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.i18n import format_list

from odoo.addons.water_service_desk.base.moments import is_late, until_text
from odoo.addons.water_service_desk.base.roles import AGENT, DEPARTMENT, QUALITY
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said
from odoo.addons.water_service_desk.clock.models.water_standard_line import INTERNAL

LEVELS = [
    ("supervisor", "Supervisor"),
    ("vice_president", "Executive in charge"),
    ("general_manager", "General manager"),
]
#: So long the same escalation is the same one, sent twice or by two at once.
JUST_NOW = timedelta(minutes=1)
WORKERS = (
    AGENT,
    DEPARTMENT,
    QUALITY,
)


class WaterComplaint(models.Model):
    """Taking a complaint to somebody higher by hand, with the reason (S3.2.5, E2, E3).

    What runs late climbs the ladder by itself; this is for what cannot wait for that.
    """

    _inherit = "water.complaint"

    escalation_level = fields.Selection(
        LEVELS, string="Escalated to", readonly=True, copy=False, index="btree_not_null"
    )
    escalation_reason = fields.Text(readonly=True, copy=False)
    escalated_at = fields.Datetime(readonly=True, copy=False)
    escalated_to_id = fields.Many2one(
        "res.users", string="Person Escalated to", readonly=True, copy=False
    )

    def action_escalate(self):
        """Open the dialog that takes the complaint to somebody higher."""
        self.ensure_one()
        return self._dialog("water.escalate.wizard", self.env._("Escalate"))

    def _escalation_person(self, level):
        """Who stands on ``level`` for this complaint, as far as he may hear of it."""
        case = self.sudo()
        people = {
            "supervisor": case._supervisors(),
            "vice_president": case.department_id.deputy_id,
            "general_manager": case.company_id.water_general_manager_id,
        }[level]
        return case._may_hear(people)[:1]

    def _escalate_to(self, level, reason, user):
        """Take the complaint to ``user``: on record, on the card, and he is told.

        :param level: value of ``escalation_level``
        :param reason: why it cannot wait
        :param user: res.users who may see the complaint
        :raises UserError: what is missing, or for a finished complaint
        :raises AccessError: by whoever does not work on complaints
        """
        self.check_access("read")
        self._check_unsealed()
        if not (self.env.su or any(self.env.user.has_group(group) for group in WORKERS)):
            raise AccessError(self.env._("Only those who work on a complaint escalate it."))
        if level not in dict(LEVELS) or not said(reason):
            raise UserError(self.env._("Choose the level, and say why it cannot wait."))
        if not user or not self.sudo()._may_hear(user.sudo()):
            raise UserError(self.env._("Choose somebody who may see the complaint."))
        values = {"escalation_level": level, "escalation_reason": reason}
        values |= {"escalated_to_id": user.id}
        if self._was_just_escalated(values):
            return
        trusted(self.sudo()).write({**values, "escalated_at": fields.Datetime.now()})
        self._log_events("escalated", {"level": level, "reason": reason, "to": user.id})
        self._tell_escalated(user)

    def _was_just_escalated(self, values):
        """Whether the same was done a moment ago: of two at once one starts again, and sees it."""
        case = self.sudo()
        since = fields.Datetime.now() - JUST_NOW
        is_fresh = case.escalated_at and case.escalated_at >= since
        had = {name: case[name] for name in values} | {"escalated_to_id": case.escalated_to_id.id}
        return is_fresh and had == values

    def _tell_escalated(self, user):
        tell_staff(
            self,
            user,
            lambda row: row.env._("%s: escalated to you", row.name),
            lambda row: Markup("%s<br/>%s") % (row._staff_line(), row.escalation_reason),
        )

    @api.model
    def _told_of(self, clock):
        """How often it was urged, and whom the last time: the order stays on one page."""
        rows = clock._reminded()
        last = rows[-1] if rows else {"at": "", "step": ""}
        people = [row["who"] for row in rows if row["step"] == last["step"]]
        count = len({(row["at"], row["step"]) for row in rows})
        times = self.env._("%(count)s times, the last on %(at)s", count=count, at=last["at"])
        return {
            "times": times if rows else "",
            "last_step": last["step"],
            "last_who": format_list(self.env, list(dict.fromkeys(people))),
        }

    # -- the supervision order ------------------------------------------------------------------

    def _supervision_lines(self):
        """What runs late of what the customer was promised: one dict per open clock."""
        kinds = dict(self.env["water.deadline"]._fields["kind"]._description_selection(self.env))
        clocks = self.sudo()._open_clocks().sorted("due_at")
        now = fields.Datetime.now()
        return [
            {
                "kind": kinds[clock.kind],
                "due": self._customer_time(clock.due_at),
                "late": until_text(self.env, clock.due_at, now),
                **self._told_of(clock),
            }
            for clock in clocks
            if clock.kind not in INTERNAL and is_late(clock.due_at, now)
        ]
