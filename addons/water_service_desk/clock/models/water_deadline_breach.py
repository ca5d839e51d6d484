from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...base import windows
from ...base.files import Files, handed_to
from ...base.moments import is_late
from ...base.roles import QUALITY, SUPERVISOR
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import said
from .water_standard_line import WORKING_UNITS

#: Why a limit was missed; of our own reasons none is an excuse.
REASONS = [
    ("no_access", "No access"),
    ("third_party", "Third party"),
    ("force_majeure", "Force majeure"),
    ("customer", "Customer's wish"),
    ("own", "Our own"),
]
EXCUSABLE = ("no_access", "third_party", "force_majeure", "customer")
#: More working days off than any year has had.
MOST_DAYS_OFF = 20


class WaterDeadline(models.Model):
    """A missed limit belongs to whoever had the work at that moment, and stays with him.

    It is explained by those who worked, and excused by somebody else, with evidence.
    """

    _inherit = "water.deadline"

    handling_round = fields.Integer(
        string="Round of Handling",
        readonly=True,
        default=1,
        help="1 for the first handling of the case, 2 when it is handled again, and so on.",
    )
    breached_department_id = fields.Many2one(
        "water.department",
        string="Missed by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The department that had the work when the limit was missed.",
    )
    breached_user_id = fields.Many2one(
        "res.users",
        string="Missed by (Person)",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Who had the work when the limit was missed.",
    )
    breach_reason = fields.Selection(REASONS, string="Why Missed", readonly=True)
    breach_note = fields.Text(string="Explanation of the Miss", readonly=True)
    breach_evidence_ids = Files(
        "ir.attachment",
        "water_deadline_evidence_rel",
        "deadline_id",
        "attachment_id",
        string="Evidence of the Reason",
        readonly=True,
        copy=False,
    )
    breach_by_id = fields.Many2one("res.users", string="Explained by", readonly=True)
    excuse_state = fields.Selection(
        [("asked", "To decide"), ("excused", "Excused"), ("refused", "Not excused")],
        string="Excuse",
        readonly=True,
        index="btree_not_null",
    )
    excuse_by_id = fields.Many2one("res.users", string="Excuse Decided by", readonly=True)
    excuse_at = fields.Datetime(string="Excuse Decided at", readonly=True)
    refusal_reason = fields.Text(string="Why Not Excused", readonly=True)
    can_explain = fields.Boolean(compute="_compute_can_excuse", export_string_translation=False)
    can_excuse = fields.Boolean(compute="_compute_can_excuse", export_string_translation=False)

    @api.model
    def _copied_values(self, case, vals):
        return super()._copied_values(case, vals) | {"handling_round": case.handling_round}

    @api.depends("state", "excuse_state")
    @api.depends_context("uid")
    def _compute_can_excuse(self):
        for clock in self:
            missed = clock.state == "breached"
            clock.can_explain = missed and clock.excuse_state not in ("excused", "refused")
            clock.can_excuse = (
                clock.excuse_state == "asked"
                and self._decides_excuses()
                and self.env.user not in clock._barred_from_excuse()
            )

    # -- whose it is --------------------------------------------------------------------------

    def _holder(self):
        """Who has the work that the limit is for: ``(department, person)``; rooms know better."""
        department, case = self.department_id, self._case()
        if department == case.department_id and not self.dispatch_id:
            department = case._working_department()
        return department, self.user_id

    def _breach_values(self):
        department, person = self.sudo()._holder()
        return {
            "state": "breached",
            "breached_at": self.due_at,
            "breached_department_id": department.id,
            "breached_user_id": person.id,
        }

    def _is_missed(self, at):
        """Return whether the limit is over at ``at`` (naive UTC), whichever days are off.

        A provisional limit is not missed as long as unknown holidays may move it past ``at``.
        """
        return is_late(self.due_at, at) and is_late(self._due_at_most(), at)

    def _due_at_most(self):
        """Return the limit; of a provisional one the latest to which holidays may move it."""
        if not self._may_move():
            return self.due_at
        try:
            due = self.calendar_id._water_due_at(self.due_at, MOST_DAYS_OFF, "working_day")
        except ValidationError:  # the calendar has lost its hours since
            return self.due_at
        return due[0]

    def _may_move(self):
        return self.provisional and self.unit in WORKING_UNITS

    def _judge_met(self):
        """Judge clocks that were met after a provisional limit, by the days that are known now."""
        late = self.browse()
        for clock in trusted(self.sudo()).filtered(lambda row: is_late(row.due_at, row.met_at)):
            limit = clock.calendar_id._water_due_at(clock.started_at, clock.amount, clock.unit)
            due, provisional = clock._replay_pauses(*limit)
            values = {"due_at": due, "planned_due_at": limit[0], "provisional": provisional}
            clock.write(values)
            if clock._is_missed(clock.met_at):
                clock.write(clock._breach_values())
                late += clock
        late.with_user(SUPERUSER_ID)._log_on_cases("clock_breached")
        late._after_breach()

    def _break(self, now):
        """Mark those that are too late at ``now`` (naive UTC), with whoever has the work.

        Pauses that have outlasted their end count no further than that, whoever looks first.
        """
        self._resume_expired(self.filtered(lambda clock: clock.state == "paused"), now)
        late = self.filtered(
            lambda clock: (
                clock.state == "running"
                and not (clock.met_at or clock.breached_at)
                and clock._is_missed(now)
            )
        )
        groups = defaultdict(self.browse)  # many end with the same day
        for clock in late:
            groups[frozenset(clock._breach_values().items())] |= clock
        for values, clocks in groups.items():
            trusted(clocks.sudo()).write(dict(values))
        # time has passed: that is nobody's act, least of all of whoever is first to touch the case
        late.with_user(SUPERUSER_ID)._log_on_cases("clock_breached")
        late._lapse_requests()  # nobody can move a limit that is over
        late._after_breach()

    def _breach_payload(self):
        """What the chain remembers of a missed limit: what, when, and whose it was."""
        return {
            "clock": self.kind,
            "due": self.due_at.isoformat(),
            "department": self.breached_department_id.code or "",
            "by": self.breached_user_id.id or 0,
            "round": self.handling_round,
        }

    # -- why, and whether it is excused ---------------------------------------------------------

    def action_explain_breach(self):
        """Open the dialog that says why the limit was missed."""
        self.ensure_one()
        self.check_access("read")
        case = self._case()
        return case._dialog(
            "water.breach.wizard", self.env._("Why Missed"), default_deadline_id=self.id
        )

    def _explain_breach(self, reason, note, files):
        """Say why a limit was missed; an excuse is decided by somebody else.

        :param reason: a value of ``breach_reason``
        :param note: in words, required
        :param files: ir.attachment that prove it, required for what may be an excuse
        :raises AccessError: by whoever may not write the case
        :raises UserError: for a limit that was not missed, is decided, or lacks words or evidence
        """
        self.ensure_one()
        case = self._case()
        case.check_access("write")
        if self.state != "breached" or self.excuse_state in ("excused", "refused"):
            raise UserError(self.env._("Only a missed limit that is not decided yet is explained."))
        if not said(note):
            raise UserError(self.env._("Say in words why the limit was missed."))
        if reason in EXCUSABLE and not files:
            raise UserError(self.env._("Attach what proves the reason: photos, letters, records."))
        trusted(self.sudo()).write(
            {
                "breach_reason": reason,
                "breach_note": note,
                "breach_evidence_ids": [fields.Command.set(handed_to(self, files).ids)],
                "breach_by_id": self.env.uid,
                "excuse_state": "asked" if reason in EXCUSABLE else False,
            }
        )
        case.sudo()._log_events("breach_explained", {"clock": self.kind, "reason": note})

    @api.model
    def _decides_excuses(self):
        user = self.env.user
        return self.env.su or user.has_group(SUPERVISOR) or user.has_group(QUALITY)

    def _barred_from_excuse(self):
        """Whoever made the facts does not judge them: who explains, who had it, his line."""
        clock = self.sudo()
        line = clock.breached_department_id
        people = clock.breach_by_id | clock.breached_user_id | line.member_ids
        told = clock._case().event_ids.filtered(lambda row: row.kind == "breach_explained")
        people |= told.filtered(lambda row: row.payload["clock"] == clock.kind).user_id
        return people | line.manager_id | line.deputy_id

    def _decide_excuse(self, state):
        for clock in self:
            if not self._decides_excuses():
                raise AccessError(self.env._("Supervisors and quality decide on excuses."))
            clock.check_access("read")
            if clock.excuse_state != "asked":
                raise UserError(self.env._("No excuse waits for a decision here."))
            if self.env.user in clock._barred_from_excuse():
                raise UserError(
                    self.env._("Whoever missed the limit, or explains it, does not excuse it.")
                )
            trusted(clock.sudo()).write(
                {
                    "excuse_state": state,
                    "excuse_by_id": self.env.uid,
                    "excuse_at": fields.Datetime.now(),
                }
            )
            payload = {"clock": clock.kind, "note": state}
            clock._case().sudo()._log_events("breach_decided", payload)
        return True

    def action_excuse(self):
        """The reason excuses the missed limit.

        :raises AccessError: by anybody but supervisors and quality
        :raises UserError: by whoever had the work or explained it, or where nothing waits
        """
        return self._decide_excuse("excused")

    def action_refuse_excuse(self):
        """Open the dialog that asks for the reason."""
        self.ensure_one()
        return windows.dialog(
            "water.refusal.wizard",
            self.env._("Do Not Excuse"),
            {"default_record": f"{self._name},{self.id}"},
        )

    def _refuse(self, reason):
        """The reason does not excuse the missed limit; who explained it hears why.

        :param reason: required; raises as :meth:`action_excuse` does
        """
        if not said(reason):
            raise UserError(self.env._("Give the reason."))
        self._decide_excuse("refused")
        trusted(self.sudo()).refusal_reason = reason
        people, case = self.sudo().breach_by_id, self._case().sudo()
        tell_staff(case, people, _refused_subject, lambda _row: reason)


def _refused_subject(case):
    return case.env._("%s: the missed limit is not excused", case.name)
