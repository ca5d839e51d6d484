from datetime import timedelta
from functools import cache

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...base import windows
from ...base.moments import is_late, moment_text, until_text
from ...base.roles import CALLER, MANAGER, SUPERVISOR
from ...base.tables import table
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import strip_invisible
from ...case.births import CONVERTED, FOREIGN, PART
from .water_standard import LineSpec
from .water_standard_line import AFTER_CLOSING, CLOCK_KINDS

#: kinds that give the result's due date before other promises
DUE_KINDS = ("close", "external")
#: the rule without a matching standard: the general limit of a complaint (domain 3.3)
DEFAULT_LINE = LineSpec(False, "close", 5, "working_day", False, "received", 80)
#: kind of event → kind of promise that it keeps
PROMISE_EVENTS = {"contacted": "contact", "arrived": "visit"}
#: Marks that the standards that hold now are meant, not those of the receipt; no caller sends it.
_OF_TODAY = object()
#: Fields that say who has the work.
HOLDERS = frozenset({"department_id", "user_id", "first_responsible_id"})
#: Within this time a case is urged once, however often the customer rings.
URGED_ONCE = timedelta(hours=2)


def _urged_subject(case):
    return case.env._("%(case)s: urged, %(count)s times", case=case.name, count=case.urge_count)


#: clocks that stop with our work; promises of a date, or to another body, go on
STOPPED = frozenset({"verify", "plan", "close", "feedback", "work", "step"})


class WaterCaseMixin(models.AbstractModel):
    """Commitments given to the customer (S2.1.1 信守承诺)."""

    _inherit = "water.case.mixin"

    #: {kind of event: kinds of clock it meets}; literal in each case model
    _clock_events = {}

    received_at = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        index=True,
        copy=False,
        readonly=True,
        water_born=(PART, FOREIGN, CONVERTED),
        water_package=True,
    )
    deadline_ids = fields.One2many("water.deadline", string="Time Limits")
    next_due_at = fields.Datetime(
        string="Next Limit", compute="_compute_next_due", store=True, copy=False, index=True
    )
    next_due_kind = fields.Selection(
        CLOCK_KINDS, string="Next Clock", compute="_compute_next_due", store=True, copy=False
    )
    has_provisional = fields.Boolean(
        string="Provisional Limit",
        compute="_compute_next_due",
        store=True,
        copy=False,
        help="A running limit reaches a year whose holidays are not known yet.",
    )
    deadline_state = fields.Selection(
        [
            ("ok", "On time"),
            ("soon", "Due soon"),
            ("paused", "Paused"),
            ("breached", "Overdue"),
            ("none", "No active time limit"),
        ],
        compute="_compute_next_due",
        store=True,
        copy=False,
        default="none",
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    time_left = fields.Char(compute="_compute_time_left")
    promised_at = fields.Datetime(
        string="Promised Date",
        compute="_compute_promised_at",
        help="When the customer has been promised the result.",
    )

    urge_count = fields.Integer(string="Urged", readonly=True, copy=False)
    urged_at = fields.Datetime(string="Last Urged", readonly=True, copy=False)
    can_urge = fields.Boolean(compute="_compute_next_step", export_string_translation=False)
    next_step = fields.Char(compute="_compute_next_step", help="Who has to do what, and when.")

    asked_limits = fields.Text(
        compute="_compute_asked_limits",
        help="Pauses and extensions to decide: from when to when, asked by whom, decided by whom.",
    )

    def _promise(self, text, due, kind="result"):
        """Keep a commitment given to the customer as a clock of its own (S2.1.1 信守承诺).

        :param due: naive UTC time by which
        :param kind: a value of ``promise_kind``; telling the result keeps every promise
        :raises ValidationError: when the promise lies in the past
        :raises UserError: when the case is finished, and for a result after its limit
        """
        self.check_access("write")
        self._check_unsealed()
        if due <= fields.Datetime.now():
            raise ValidationError(self.env._("A promise must lie in the future."))
        if kind == "result":
            self._check_promised_result(due)
        rows = [
            {**case._given_clock("promise", due, text), "promise_kind": kind}
            for case in self.sudo()
        ]
        clocks = self.env["water.deadline"]._start(rows)
        self._log_events("promised", {"text": text, "due": due.isoformat()})
        return clocks

    def _check_promised_result(self, due):
        """Refuse to promise the result later than it is due: ask for an extension (S2.3.1d)."""
        for case in self:
            latest = case._latest_result()
            if latest and due > latest:
                raise UserError(
                    self.env._(
                        "%(case)s: promise no later than %(due)s, or ask for an extension first.",
                        case=case.name,
                        due=moment_text(self.env, latest, case.company_id._water_tz()),
                    )
                )

    def _latest_result(self):
        """Return until when the result is due to the customer and to bodies, if in the future.

        A paused limit lies as far ahead as there is time left, regardless of its date.
        """
        clocks = self.sudo()._open_clocks().filtered(lambda clock: clock.kind in DUE_KINDS)
        return self._first_ahead(clock._limit_now()[0] for clock in clocks)

    def _promised_ahead(self):
        return self._first_ahead(self.sudo()._promised_limits())

    def _promised_limits(self):
        clocks = [clock for clock in self._open_clocks() if clock._promises_result()]
        return [clock.due_at for clock in clocks] + self._promised_bodies()

    def _counted_on(self):
        """Return the date of the result for messages; none when it has passed or is paused."""
        return self._first_ahead(self.sudo()._limits_counted_on())

    def _limits_counted_on(self):
        clocks = [clock for clock in self._open_clocks() if clock.state != "paused"]
        dates = [clock.due_at for clock in clocks if clock._promises_result()]
        return dates + self._promised_bodies()

    @api.model
    def _first_ahead(self, limits):
        now = fields.Datetime.now()
        return min([due for due in limits if due > now], default=False)

    # -- the case ------------------------------------------------------------------------------
    # The clocks of a case: started by rules, met by events (S3.1.2 限时办结制).

    @api.depends(
        "deadline_ids.state",
        "deadline_ids.due_at",
        "deadline_ids.met_at",
        "deadline_ids.warned_at",
        "deadline_ids.provisional",
    )
    def _compute_next_due(self):
        """What boards and lists show of the clocks is kept, for they show hundreds of cases."""
        for case in self:
            clocks = case._open_clocks().sorted("due_at")
            moving = clocks.filtered_domain([("state", "!=", "paused")])
            case.next_due_at = moving[:1].due_at
            case.next_due_kind = (moving or clocks)[:1].kind
            case.has_provisional = any(clocks.mapped("provisional"))
            case.deadline_state = clocks._summary()

    @api.depends("next_due_at", "deadline_state")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for case in self:
            case.is_overdue = bool(case.next_due_at and is_late(case.next_due_at, now))

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("next_due_at", "<", fields.Datetime.now())
        return (
            Domain.TRUE if set(value) == {True, False} else overdue if True in value else ~overdue
        )

    @api.depends("next_due_at", "deadline_state")
    @api.depends_context("lang")
    def _compute_time_left(self):
        now = fields.Datetime.now()
        for case in self:
            paused = case.deadline_state == "paused" and self.env._("Paused")
            case.time_left = paused or until_text(self.env, case.next_due_at, now)

    @api.depends(
        "deadline_ids.due_at", "deadline_ids.kind", "deadline_ids.state", "deadline_ids.met_at"
    )
    def _compute_promised_at(self):
        """The earliest of all limits that run; when none runs any more, the latest there was."""
        for case in self:
            clocks = case.deadline_ids.filtered(lambda clock: clock._promises_result())
            running = clocks & case._open_clocks()
            first = running.sorted("due_at")[:1] or clocks.sorted("id")[-1:]
            dates = [first.due_at, *case._promised_bodies()]
            case.promised_at = min(filter(None, dates), default=False)

    def _open_clocks(self):
        states = ("running", "paused", "breached")
        rows = self.deadline_ids
        return rows.browse([row.id for row in rows if not row.met_at and row.state in states])

    def _pausable_clocks(self):
        return self._open_clocks().filtered(lambda clock: not clock._pausing_fault())

    # -- starting and meeting -------------------------------------------------------------

    def _start_first_clocks(self):
        self.env["water.deadline"]._start(self._first_clock_rows())

    def _first_clock_rows(self):
        return self._clock_rows("received")

    def _given_clock(self, kind, due, label):
        """Values of a clock whose limit is given, not worked out."""
        now = fields.Datetime.now()
        warn = now + (due - now) * 0.8
        return {
            self.env["water.deadline"]._case_field(self._name): self.id,
            "kind": kind,
            "label": label,
            "calendar_id": self.company_id._water_calendar().id,
            "started_at": now,
            "warn_at": warn.replace(microsecond=0),
            "due_at": due,
            "planned_due_at": due,
            "next_check_at": now,
        }

    def _start_clocks(self, start_on, at=None, kinds=None):
        return self.env["water.deadline"]._start(self._clock_rows(start_on, at, kinds))

    def _clock_rows(self, start_on, at=None, kinds=None):
        rows, failed = [], {}
        cases = self.sudo()
        offices = {company: company._water_calendar() for company in cases.company_id}
        times = cache(self._clock_times)  # cases of one incident or import share their moments
        for case in cases:
            office, start = offices[case.company_id], at or case.received_at
            for line in case._promised_lines(start_on, kinds, failed, office):
                try:
                    rows.append(case._clock_values(line, start, office, times))
                except ValidationError as error:  # a wrong standard must not stop a case
                    failed[case.id] = {"clock": line.kind, "error": str(error)}
                    # days and hours as they come
                    unit = "calendar_day" if line.unit.endswith("day") else "hour"
                    values = case._clock_values(line._replace(unit=unit), start, office)
                    rows.append({**values, "provisional": True})
        if failed:
            self.browse(failed)._report_wrong_standard(failed)
        return rows

    def _promised_lines(self, start_on, kinds, failed, office):
        lines = self._standard_lines(office)
        if not lines:
            failed[self.id] = {"clock": "close", "error": "no standard fits"}
            lines = (DEFAULT_LINE,)
        return [
            line
            for line in lines
            if line.start_on == start_on and line.kind in (kinds or (line.kind,))
        ]

    def _standard_lines(self, office):
        """Return the clocks by the standard in force; heirs may adapt them.

        Customers who cannot be reached are promised no call: it would be late in any case.
        """
        of_today = self.env.context.get("water_standards") is _OF_TODAY
        moment = fields.Datetime.now() if of_today else self.received_at
        lines = self.env["water.standard"]._lines_for(self, office, moment)
        if not self._is_out_of_reach():
            return lines
        return tuple(line for line in lines if line.kind != "contact")

    def _report_wrong_standard(self, failed):
        """Leave it in the chain of each case and tell the managers once."""
        self._log_events("clock_failed", failed)

        def compose(env):
            lines = Markup("").join(
                Markup("<li>%s: %s</li>") % (case.name, failed[case.id]["error"])
                for case in self.sudo().with_env(env)
            )
            return env._("Service standards need attention"), Markup("<ul>%s</ul>") % lines

        # sudo: res.groups - registering a case may notify the managers
        group = self.env.ref(MANAGER).sudo()
        self.env["water.staff.message"]._tell(group.all_user_ids, compose)

    def _clock_values(self, line, start, office, times=None):
        """Return values of the clock that ``line`` promises from ``start`` (naive UTC) on.

        :param times: :meth:`_clock_times` or a cache of it
        """
        calendar = self.env["resource.calendar"].browse(line.calendar_id) or office
        times = times or self._clock_times
        due, provisional, warn, check = times(
            line, start, calendar, self.severity, self.company_id.id
        )
        return {
            self.env["water.deadline"]._case_field(self._name): self.id,
            "standard_line_id": line.id,
            "kind": line.kind,
            "amount": line.amount,
            "unit": line.unit,
            "calendar_id": calendar.id,
            "started_at": start,
            "warn_at": warn,
            "due_at": due,
            "planned_due_at": due,
            "provisional": provisional,
            "next_check_at": check,
        }

    @api.model
    def _clock_times(self, line, start, calendar, severity, company_id):
        due, provisional = calendar._water_due_at(start, line.amount, line.unit)
        warn = calendar._water_part(start, line.amount, line.unit, line.warn_percent)
        ladder = self.env["water.escalation.step"]
        first = ladder._first_percent(line.kind, severity, company_id)
        early = first < line.warn_percent
        check = calendar._water_part(start, line.amount, line.unit, first) if early else warn
        return due, provisional, warn, check

    def _meet_clocks(self, kind, at):
        kinds = table(self, "_clock_events").get(kind, ())
        if kinds:
            self._clocks_met_by(kind).filtered(lambda clock: clock.kind in kinds)._meet(at)
        promised = PROMISE_EVENTS.get(kind)
        if promised:
            clocks = self.sudo()._open_clocks()
            clocks.filtered(lambda clock: clock.promise_kind == promised)._meet(at)

    def _void_work(self, _kind, _at):
        self._clocks_of_work()._void()

    def _resume_clocks(self, _kind, at):
        self.sudo()._end_waiting(at)

    def _clocks_met_by(self, kind):
        """Open clocks that an event of this kind can meet; rooms leave out those that it cannot."""
        # an appointment is kept by arriving, not by what happens to the case
        return self.sudo()._open_clocks().filtered(lambda clock: not clock._is_appointment())

    def _clocks_of_case(self):
        return self.sudo()._open_clocks()

    def _clocks_of_work(self):
        clocks = self.sudo()._open_clocks()
        return clocks.filtered(lambda clock: clock.kind not in AFTER_CLOSING)

    def _restart_clocks(self, kinds):
        return self._start_clocks("received", at=fields.Datetime.now(), kinds=kinds)

    def _replan_clocks(self, reason):
        self.check_access("write")
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise UserError(self.env._("Only a supervisor can work time limits out again."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        for case in self.sudo().with_context(water_standards=_OF_TODAY):
            case._follow_standard(reason)

    def _follow_standard(self, reason):
        """Make open clocks follow the case's present standard; others end, on record.

        Missed limits stay missed, and promises beyond the old standard start now.
        """
        self.ensure_one()
        office = self.company_id._water_calendar()
        lines = {line.kind: line for line in self._standard_lines(office)}
        ruled = self._open_clocks().filtered(
            lambda clock: clock.standard_line_id and clock.state in ("running", "paused")
        )
        for clock in ruled:
            line = lines.get(clock.kind)
            if not line:
                clock._drop(reason)
            else:  # one that stands still has the new limit when it runs again
                values = self._clock_values(line, clock.started_at, office)
                clock._replan_by(values, reason)
        if self.state not in self._final_states:
            first = [line for line in lines.values() if line.start_on == "received"]
            self._start_missing_clocks(first, fields.Datetime.now())

    def _check_pausing(self, clock):
        """Hook: refuse to pause or extend ``clock`` where the case type has its own way."""

    def _tell_customer_of_delay(self, clock, pause):
        """Hook: a pause or an extension moves the date that the customer was promised."""

    def _prepare_write(self, vals):
        """Mark limits that are over before the work is given away."""
        if HOLDERS & vals.keys():
            self.sudo()._open_clocks()._break(fields.Datetime.now())
        return super()._prepare_write(vals)

    # -- next step and urging (催办) -------------------------------------------------------------

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
        """Return “Chen: acceptance, 2 d left”, as far as known."""
        if kind and left:
            left = self.env._("%(kind)s – %(left)s", kind=kind, left=left)
        what = left or kind
        if who and what:
            return self.env._("%(who)s: %(what)s", who=who, what=what)
        if who:
            return self.env._("In the hands of %s", who)
        return what or False

    def _next_actor(self):
        # sudo: water.dispatch - readers of the case may know that others work on it
        case = self.sudo()
        lead = case.dispatch_ids.filtered(
            lambda row: row.role == "lead" and row.state in ("sent", "accepted")
        )[:1]
        person = lead.accepted_by_id or (not lead and (case.user_id or case._acting_responsible()))
        return person or lead.department_id

    @api.model
    def _may_urge(self):
        return self.env.su or any(self.env.user.has_group(group) for group in CALLER)

    def _urge_pause(self):
        """Return until when (naive UTC) the case cannot be urged again, or False."""
        until = self.urged_at and self.urged_at + URGED_ONCE
        return until if until and until > fields.Datetime.now() else False

    def action_urge(self):
        """Tell the people at work that the customer urges the case (催办), and count it.

        :raises AccessError: for departments, who are urged themselves
        :raises UserError: for a finished case, one just urged, or one without a handler
        """
        self.check_access("read")
        if not self._may_urge():
            raise AccessError(self.env._("Only those who talk to customers urge."))
        self._check_unsealed()
        for case in self:
            until = case._urge_pause()
            if until:
                at = moment_text(self.env, until, case.company_id._water_tz())
                raise UserError(
                    self.env._(
                        "%(case)s was urged a moment ago; again from %(at)s.", case=case.name, at=at
                    )
                )
            people = case._people_at_work()
            if not people:
                raise UserError(
                    self.env._("%s: you are the only one working on it; dispatch it.", case.name)
                )
            count = case.urge_count + 1
            trusted(case.sudo()).write({"urge_count": count, "urged_at": fields.Datetime.now()})
            case._log_events("urged", {"count": count})
            tell_staff(case, people, _urged_subject)
        return True

    def _people_at_work(self):
        # sudo: water.dispatch, res.users - they are told, not shown
        case = self.sudo()
        running = case.dispatch_ids.filtered(lambda row: row.state in ("sent", "accepted"))
        waiting = running.filtered(lambda row: not row.accepted_by_id).department_id
        people = running.accepted_by_id | waiting.member_ids | waiting.manager_id
        people |= case.user_id or case._acting_responsible()
        return case._may_hear(people) - self.env.user

    # -- waiting -------------------------------------------------------------------------------
    # A stage in which we wait for the customer stops the clocks of the work (S2.3.2c).
    #
    # Paused by rule for at most the unapproved time; the clocks run again when the case leaves the
    # stage, the customer answers, or that time is over.

    def _on_waiting_stage(self, before, _vals):
        for case in self.sudo():
            waited = before[case.id]["stage_id"].sudo().waits_for_customer
            if case.stage_id.waits_for_customer and not waited:
                case._pause_for_customer()
            elif waited and not case.stage_id.waits_for_customer:
                case._end_waiting(fields.Datetime.now())

    def _pause_for_customer(self):
        """Stop what may be stopped, and has time left to stand still."""
        now = fields.Datetime.now()
        lang = self.partner_id.lang or self.company_id.partner_id.lang  # the customer reads it
        stage = self.stage_id.with_context(lang=lang)
        for clock in self._pausable_clocks().filtered(lambda clock: clock.kind in STOPPED):
            left = clock._pause_left(by_rule=True)
            if left <= timedelta(0):
                continue
            values = {"until": now + left, "by_rule": True}
            reason = stage.public_name or stage.name
            try:
                pauses = clock._create_pauses("pause", reason, values)
            except UserError:  # the case type has its own way, or another body waits: it goes on
                continue
            pauses._begin()

    def _end_waiting(self, at):
        pauses = self.deadline_ids.pause_ids
        pauses.filtered(lambda pause: pause._is_waiting())._end(at)

    # -- asked ---------------------------------------------------------------------------------
    # Requests about the case's time limits that wait; shown on the case itself.

    @api.depends("deadline_ids.pause_ids.state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_asked_limits(self):
        for case in self:
            clocks = case._origin.deadline_ids.filtered(lambda clock: clock.state == "running")
            # readers of the case see what its limits wait for
            asked = clocks._pauses_in("requested").sorted("id")
            case.asked_limits = "\n".join(pause._worded_request() for pause in asked)

    def action_open_asked_limits(self):
        """Open the waiting requests where they are decided, with the rights of that list."""
        self.ensure_one()
        title, clocks = self.env._("Pauses and Extensions"), self.deadline_ids
        of_case = [("deadline_id", "in", clocks.ids)]
        return windows.rows("water.deadline.pause", title, of_case, modes="list")
