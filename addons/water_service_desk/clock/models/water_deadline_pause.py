from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...base.moments import short_writer
from ...base.roles import SUPERVISOR
from ...base.telling import tell_staff
from ...base.trust import trusted
from .water_standard_line import UNITS


class WaterDeadlinePause(models.Model):
    """One pause or extension of a clock, kept for good.

    Above the company's limit, and for every extension, a supervisor approves (S2.3.2c, S3.2.3c).
    """

    _name = "water.deadline.pause"
    _inherit = ["water.readonly.mixin", "water.decision.mixin", "water.mixin"]
    _approved_state = None  # it runs, or is done at once
    _asked_by = "requested_by_id"
    _description = "Pause or Extension"
    # the one that has begun last stands first: letters give its reason
    _order = "started_at DESC NULLS LAST, id DESC"
    _rec_name = "deadline_id"
    _allow_sudo_commands = False

    deadline_id = fields.Many2one(
        "water.deadline", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [("pause", "Pause"), ("extension", "Extension")], required=True, readonly=True
    )
    reason = fields.Text(required=True, readonly=True)
    state = fields.Selection(
        [
            ("requested", "To approve"),
            ("running", "Running"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("lapsed", "Lapsed"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="requested",
        index=True,
    )
    requested_by_id = fields.Many2one("res.users", required=True, readonly=True)
    requested_at = fields.Datetime(required=True, readonly=True)
    started_at = fields.Datetime(readonly=True)
    until = fields.Datetime(
        string="Paused Until",
        readonly=True,
        help="A pause ends by itself at this moment at the latest.",
    )
    ended_at = fields.Datetime(readonly=True)
    amount = fields.Float(readonly=True)
    unit = fields.Selection(UNITS, readonly=True)
    old_due_at = fields.Datetime(readonly=True)
    new_due_at = fields.Datetime(readonly=True)
    by_rule = fields.Boolean(
        readonly=True, help="Begun by a stage in which we wait for the customer, not by a person."
    )
    is_replaced = fields.Boolean(
        readonly=True,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
        help="The limit was set to a given date since: this moves it no more.",
    )
    minutes = fields.Integer(readonly=True, help="Minutes during which the clock stood still.")
    limit_before = fields.Datetime(compute="_compute_limits", string="Moves from")
    limit_after = fields.Datetime(
        compute="_compute_limits",
        string="Moves to",
        help="Where it moves, of a pause when it is used to its end.",
    )
    shift = fields.Char(compute="_compute_shift", export_string_translation=False)

    @api.depends("state", "old_due_at", "new_due_at", "deadline_id.due_at")
    def _compute_limits(self):
        for pause in self:
            pause.limit_before, pause.limit_after = pause.old_due_at, pause.new_due_at
            if pause.state == "requested":
                clock = pause._clock()
                pause.limit_before = clock.due_at
                pause.limit_after = clock._due_moved(pause.kind, pause._asked())

    @api.depends("limit_before", "limit_after")
    @api.depends_context("tz", "uid")
    def _compute_shift(self):
        for pause in self:
            write = short_writer(self.env, pause._clock()._zone())
            limits = filter(None, (pause.limit_before, pause.limit_after))
            pause.shift = " → ".join(map(write, limits))

    @api.model
    def _readonly_message(self):
        return self.env._("Pauses are asked for with the button of the case.")

    def _decision_error(self, approves=True):
        """A supervisor who has not the work decides, to approve it before the due time."""
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            return UserError(self.env._("Only a supervisor can decide on a pause or an extension."))
        error = super()._decision_error(approves)
        if error or self._is_own():
            return error
        clock = self._clock()
        if self.env.user in clock._who_gains(self.requested_by_id):
            return UserError(
                self.env._(
                    "The handler of the work, or a member of its department, does not"
                    " decide on its time limit."
                )
            )
        fault = approves and (
            clock._pausing_fault() or clock._request_fault(self.kind, self._asked())
        )
        return UserError(fault) if fault else None

    def _after_approved(self):
        self._begin()

    def _deciders(self):
        clock = self._clock()
        barred = self.requested_by_id | clock._who_gains(self.requested_by_id)
        return clock._case()._desk_supervisors() - barred

    def _worded_request(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        clocks = dict(self.deadline_id._fields["kind"]._description_selection(self.env))
        return self.env._(
            "%(kind)s to decide · %(clock)s: %(shift)s · by %(deciders)s"
            " · asked for by %(asker)s: %(reason)s",
            kind=kinds[self.kind],
            clock=clocks[self.deadline_id.kind],
            shift=self.shift,
            asker=self.requested_by_id.name,
            reason=self.reason,
            deciders=format_list(self.env, self._deciders().mapped("name"), "or") or "–",
        )

    def _asked(self):
        return {"until": self.until, "amount": self.amount, "unit": self.unit}

    def _clock(self):
        # sudo: water.deadline - may be closed to users who ask or decide
        return self.deadline_id.sudo()

    def _after_refused(self, reason):
        self._log_in_chain("clock_pause_refused", reason=reason)
        self._tell(
            self.requested_by_id,
            reason,
            lambda case: case.env._("%s: the pause or extension was refused", case.name),
        )

    def _after_taken_back(self, reason):
        self._log_in_chain("clock_pause_withdrawn", reason=reason)
        self._tell(
            self._clock()._case()._may_hear(self._deciders()),
            reason,
            lambda case: case.env._("%s: the pause or extension was withdrawn", case.name),
        )

    def _lapse(self):
        """End the request, because its clock has ended; the asker and the deciders are told."""
        pauses = trusted(self.sudo())
        pauses.state = "lapsed"
        for pause in pauses.with_env(self.env).sudo():
            case = pause._clock()._case()
            pause._log_in_chain("clock_pause_lapsed")
            pause._tell(
                case._may_hear(pause.requested_by_id | case._desk_supervisors()),
                pause.reason,
                lambda case: case.env._(
                    "%s: the pause or extension is no longer to be decided", case.name
                ),
            )

    def _tell(self, people, reason, subject):
        tell_staff(self._clock()._case(), people, subject, lambda _row: reason)

    def _log_in_chain(self, kind, **facts):
        clock = self._clock()
        payload = {"clock": clock.kind, "reason": self.reason, **facts}
        clock._log_on_cases(kind, {clock.id: payload})

    def _in_effect(self):
        """Those that have moved the limit, in the order in which they did, whenever asked for."""
        done = self.filtered(lambda row: row.state == "done")
        return done.sorted(lambda row: (row.started_at or row.requested_at, row.id))

    def _is_waiting(self):
        return self.by_rule and self.state == "running"

    def action_end(self):
        """End running pauses before their time, see ``water.deadline.action_resume``."""
        return self.deadline_id.action_resume()

    def _begin(self):
        clock = trusted(self._clock())
        now = fields.Datetime.now()
        pause = trusted(self.sudo())
        pause.write({"old_due_at": clock.due_at, "started_at": now})
        clock.invalidate_recordset(["pause_ids"])  # it stands first now, wherever it was read
        if self.kind == "pause":
            pause.state = "running"
            clock.write({"state": "paused", "next_check_at": self.until})
        else:
            pause.write({"state": "done", "ended_at": now})
            clock._work_out()
            pause.new_due_at = clock.due_at
            clock._extend_department(pause)
        self.deadline_id._tell_pause(self)

    def _alike_values(self, clock):
        facts = ("kind", "reason", "requested_at", "amount", "unit")
        people = {name: self[name].id for name in ("requested_by_id", "decided_by_id")}
        return {"deadline_id": clock.id, **people, **{name: self[name] for name in facts}}

    def _end(self, at, goes_on=True):
        """End the pauses at ``at`` (naive UTC), at their own end at the latest.

        :param goes_on: whether the clock runs on; otherwise no date is to be told
        """
        for pause in trusted(self.sudo()):
            clock, end = pause.deadline_id, min(at, pause.until)
            minutes = int((end - pause.started_at).total_seconds() // 60)
            pause.write({"state": "done", "ended_at": end, "minutes": minutes})
            minutes += clock.paused_minutes
            now = fields.Datetime.now()
            clock.write({"state": "running", "paused_minutes": minutes, "next_check_at": now})
            clock._work_out()
            pause.new_due_at = clock.due_at
            clock._after_pause()
            clock._wake_sweep()
        for pause in self:
            pause.deadline_id._tell_pause(pause, goes_on)
