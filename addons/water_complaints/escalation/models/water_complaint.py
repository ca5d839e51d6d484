from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.i18n import format_list

from odoo.addons.water_service_desk.base.moments import is_late, until_text
from odoo.addons.water_service_desk.base.roles import AGENT, DEPARTMENT, QUALITY
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.births import AGAIN
from odoo.addons.water_service_desk.case.transitions import Missing, Move
from odoo.addons.water_service_desk.clock.models.water_standard_line import INTERNAL

from ...complaint.steps import MAJOR

LEVELS = [
    ("supervisor", "Supervisor"),
    ("vice_president", "Executive in charge"),
    ("general_manager", "General manager"),
]
#: The same escalation within this time is a duplicate request.
JUST_NOW = timedelta(minutes=1)
WORKERS = (
    AGENT,
    DEPARTMENT,
    QUALITY,
)


class WaterComplaint(models.Model):
    """Escalating a complaint by hand, with a reason (S3.2.5, E2, E3).

    Late complaints escalate by themselves; this is for those that cannot wait.
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

    _transitions = {
        ("registered", "investigating"): Move(needs=("_need_report",)),
        ("dispatched", "investigating"): Move(needs=("_need_report",)),
    }

    major_media = fields.Boolean(string="Media", copy=False, water_born=(AGAIN,))
    major_injury = fields.Boolean(string="Injury", copy=False, water_born=(AGAIN,))
    major_group = fields.Boolean(string="Group of People", copy=False, water_born=(AGAIN,))
    major_legal = fields.Boolean(string="Legal Action", copy=False, water_born=(AGAIN,))
    is_major = fields.Boolean(
        string="Major Complaint", compute="_compute_is_major", store=True, copy=False, tracking=True
    )
    major_reported_at = fields.Datetime(string="Reported on", readonly=True, copy=False)
    major_reported_to_id = fields.Many2one(
        "res.users", string="Reported to", readonly=True, copy=False
    )
    major_report_note = fields.Text(string="Report and Orders", readonly=True, copy=False)

    _major_idx = models.Index("(id) WHERE is_major IS TRUE")

    def action_escalate(self):
        """Open the dialog that escalates the complaint."""
        self.ensure_one()
        return self._dialog("water.escalate.wizard", self.env._("Escalate"))

    def _escalation_person(self, level):
        case = self.sudo()
        people = {
            "supervisor": case._supervisors(),
            "vice_president": case.department_id.deputy_id,
            "general_manager": case.company_id.water_general_manager_id,
        }[level]
        return case._may_hear(people)[:1]

    def _escalate_to(self, level, reason, user):
        """Escalate the complaint to ``user``: logged, shown on the card and notified.

        :param level: value of ``escalation_level``
        :param reason: why it cannot wait
        :param user: res.users who may see the complaint
        :raises UserError: if something is missing, or for a finished complaint
        :raises AccessError: for users who do not work on complaints
        """
        self.check_access("read")
        self._check_unsealed()
        if not (self.env.su or any(self.env.user.has_group(group) for group in WORKERS)):
            raise AccessError(self.env._("Only those who work on a complaint escalate it."))
        if level not in dict(LEVELS) or not strip_invisible(reason):
            raise UserError(self.env._("Choose the level, and say why it cannot wait."))
        if not user or not self.sudo()._may_hear(user.sudo()):
            raise UserError(self.env._("Choose a person who can see the complaint."))
        values = {"escalation_level": level, "escalation_reason": reason}
        values |= {"escalated_to_id": user.id}
        if self._was_just_escalated(values):
            return
        trusted(self.sudo()).write({**values, "escalated_at": fields.Datetime.now()})
        self._log_events("escalated", {"level": level, "reason": reason, "to": user.id})
        self._tell_escalated(user)

    def _was_just_escalated(self, values):
        """Return whether the same escalation was made a moment ago by a concurrent request."""
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
    def _notified_of(self, clock):
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
        """Return the late promises to the customer: one dict per open clock."""
        kinds = dict(self.env["water.deadline"]._fields["kind"]._description_selection(self.env))
        clocks = self.sudo()._open_clocks().sorted("due_at")
        now = fields.Datetime.now()
        return [
            {
                "kind": kinds[clock.kind],
                "due": self._customer_time(clock.due_at),
                "late": until_text(self.env, clock.due_at, now),
                **self._notified_of(clock),
            }
            for clock in clocks
            if clock.kind not in INTERNAL and is_late(clock.due_at, now)
        ]

    # -- major ---------------------------------------------------------------------------------
    # A major complaint (重大投诉) is reported to the vice-president before it is handled (E2).

    @api.depends(*MAJOR)
    def _compute_is_major(self):
        for case in self:
            case.is_major = any(case[kind] for kind in MAJOR)

    def _mark_major(self, reason=None):
        """Keep it in the chain, and tell those who have to report it."""
        self._log_events(
            "major_marked",
            {
                case.id: {
                    "note": case._major_label(),
                    **({"reason": reason} if reason else {}),
                }
                for case in self
            },
        )
        for case in self.filtered(lambda row: row.is_major and not row.major_reported_at):
            case._tell_major()

    def _major_label(self):
        names = [self._fields[kind]._description_string(self.env) for kind in MAJOR if self[kind]]
        return format_list(self.env, names)

    def _tell_major(self):
        case = self.sudo()
        people = case._vice_president() | case._acting_responsible() | case._desk_supervisors()
        tell_staff(
            case,
            people - case._people_concerned(),
            lambda row: row.env._(
                "%s is a major complaint: report it before it is handled", row.name
            ),
            lambda row: Markup("%s<br/>%s") % (row._staff_line(), row._major_label()),
        )

    # -- the report ---------------------------------------------------------------------------

    def _need_report(self):
        if not self.is_major or self.major_reported_at:
            return []
        words = self.env._(
            "report it to the executive in charge first and record what was ordered"
            " (button “Report to the Management”)"
        )
        return [Missing(words, "action_report")]

    def action_report(self):
        """Open the dialog that records the report to the management (E2)."""
        self.ensure_one()
        return self._dialog("water.report.wizard", self.env._("Report to the Management"))

    def _report(self, user, note):
        """Record the report of a major complaint to the management, with its orders.

        :param user: res.users of the management
        :param note: what was reported and ordered, required
        :raises UserError: for a complaint that is not major, without a note, to a person concerned,
            or by anyone but the desk
        """
        self.check_access("write")
        self._check_unsealed()
        if not self._is_desk():
            raise UserError(self.env._("Only the service desk reports a major complaint."))
        if not user:
            raise UserError(self.env._("Name the person of the management."))
        if not strip_invisible(note):
            raise UserError(self.env._("Write down what was reported and what was ordered."))
        for case in self:
            if not case.is_major:
                raise UserError(
                    self.env._("%s is no major complaint: choose its kind first.", case.name)
                )
            if user in case._people_concerned():
                raise UserError(self.env._("Report to another person: %s is concerned.", user.name))
        trusted(self).write(
            {
                "major_reported_at": fields.Datetime.now(),
                "major_reported_to_id": user.id,
                "major_report_note": note,
            }
        )
        self._log_events("major_reported", {"to": user.id, "note": note})
        self._tell_reported(user)

    def _tell_reported(self, user):
        tell_staff(
            self, user, lambda rows: rows.env._("Major complaint reported to you"), is_list=True
        )

    def _check_write(self, vals):
        super()._check_write(vals)
        taken = any(case[kind] and not vals.get(kind, True) for case in self for kind in MAJOR)
        if taken and not strip_invisible(vals.get("triage_reason")):
            raise UserError(self.env._("Say why it is no major complaint any more."))

    def _on_major(self, before, vals):
        if is_trusted(self.env):
            return
        changed = self.filtered(
            lambda case: any(
                case[kind] != old for kind, old in before[case.id].items() if kind in MAJOR
            )
        )
        changed._mark_major(vals.get("triage_reason"))
