import logging
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...base import windows
from ...base.faults import is_passing
from ...base.files import Files, handed_to
from ...base.isolated import run_isolated
from ...base.moments import SECOND, is_late, moment_text
from ...base.roles import CALLER, MANAGER, QUALITY, SUPERVISOR, WORKER
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...base.words import strip_invisible
from ..working_time import wall_time
from .water_escalation_step import SYSTEM

#: Part of the time after which a limit is warned of that no standard gives.
WARN_PERCENT = 80
#: Lines of a message to one person; the rest is a number and the duty board.
DIGEST_LINES = 30


_logger = logging.getLogger(__name__)
#: Clocks handled per committed batch of the sweep.
SWEEP_BATCH = 1000
#: A clock that cannot be checked is looked at again after this time.
RETRY = timedelta(hours=1)
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


def _refused_subject(case):
    return case.env._("%s: the missed limit is not excused", case.name)


class WaterDeadline(models.Model):
    """The ladder: who hears of a limit that comes near or has passed, when and in which words."""

    _inherit = "water.deadline"

    limit_moved_at = fields.Datetime(
        readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )

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

    def _escalate(self, now):
        """Notify the people due by now, and set the next time of each clock."""
        told = self._told()
        openings = {row: row._water_next_opening(now) for row in self.calendar_id}
        stand_ins = cache(self.env["water.escalation.step"]._stand_ins)
        moments = {}
        rows, digests, later = [], defaultdict(list), defaultdict(list)
        for clock in self:
            upcoming = clock._own_moments(now)
            case = clock._case()
            steps = clock._ladder(case, moments)
            upcoming += [moment for _step, moment in steps if moment > now]
            due = {step: moment for step, moment in steps if moment <= now}
            for step, user, opening in clock._listeners(due, case, now, openings, stand_ins):
                if clock._knows_of(told.get((clock.id, step.id, user.id)), due[step]):
                    continue
                if opening > now:
                    upcoming.append(opening)
                    continue
                rows.append((clock.id, step.id, user.id, now))
                digests[user].append((clock, step))
            later[min(upcoming, default=False)].append(clock.id)
        self.env["water.escalation.notice"]._keep(rows)
        for moment, ids in later.items():
            trusted(self.browse(ids)).write({"next_check_at": moment})
        self._tell_digests(digests)

    def _listeners(self, steps, case, now, openings, stand_ins):
        """Return ``(step, user, moment)``: whom each step notifies, and when.

        Users on call at once, others in working time. If a step names no one, or only people
        concerned, the company's ``stand_ins`` are notified.
        """
        if not steps:
            return []
        on_call = case._people_on_call()
        kept_out = case._people_concerned()
        opening = openings.get(self.calendar_id, now)
        return [
            (step, user, now if user in on_call else opening)
            for step in steps
            for user in self._not_concerned(
                kept_out, self._recipients(step, case), *stand_ins(case.company_id)
            )
        ]

    @api.model
    def _not_concerned(self, kept_out, *groups):
        left = (people - kept_out for people in groups)
        return next(filter(None, left), kept_out.browse())

    def _told(self):
        notices = self.env["water.escalation.notice"]
        rows = notices.search([("deadline_id", "in", self.ids)], order="at")
        return {(row.deadline_id.id, row.step_id.id, row.user_id.id): row.at for row in rows}

    def _own_moments(self, now):
        moments = [self.warn_at] if not self.warned_at and self.warn_at else []
        if not self.breached_at:
            moments.append(self._due_at_most() + SECOND)  # the limit itself is in time
        return [moment for moment in moments if moment > now]

    def _ladder(self, case, moments):
        """Return ``(step, moment)`` of each step that applies; ``moments`` is a cache."""
        severity, company_id = case.severity, case.company_id.id
        steps = []
        for step in self.env["water.escalation.step"]._specs():
            if step.fits(self.kind, severity, company_id):
                key = self._step_key(step)
                if key not in moments:
                    moments[key] = self._step_moment(step)
                steps.append((step, moments[key]))
        return steps

    def _step_key(self, step):
        key = (step.id, self.calendar_id.id, self.due_at)
        if step.moment != "percent":
            return key
        return (*key, self.started_at, self.planned_due_at, self.amount, self.unit)

    def _step_moment(self, step):
        with suppress(ValueError, ValidationError):  # the calendar has lost its hours since
            if step.moment == "due":
                return self.due_at + SECOND
            if step.moment == "after":
                return self.calendar_id._water_due_at(self.due_at, step.amount, step.unit)[0]
            if self.amount and self.due_at >= self.planned_due_at:  # neither given nor capped
                rule = self.started_at, self.amount, self.unit
                part = self.calendar_id._water_part(*rule, step.percent)
                # pauses and extensions move the rest of the way along with the limit
                return min(part + (self.due_at - self.planned_due_at), self.due_at)
        if step.moment == "percent":
            return self.started_at + (self.due_at - self.started_at) * step.percent / 100
        unit = "calendar_day" if step.unit == "working_day" else step.unit.removeprefix("working_")
        return self.calendar_id._water_due_at(self.due_at, step.amount, unit)[0]

    def _recipients(self, step, case):
        """Active users whom ``step`` tells of this clock of ``case``."""
        department, company = case.department_id, case.company_id
        if step.recipient == "general_manager":
            groups = [company.water_general_manager_id]
        elif step.recipient == "vice_president":
            groups = [department.deputy_id, company.water_vice_president_id]
        else:
            groups = [department.manager_id, company.water_desk_head_id]
            if step.recipient != "department_head":
                groups.insert(0, case._acting_responsible())
            if step.recipient == "handler":
                groups.insert(0, case.user_id)
        users = next(filter(None, (group.filtered("active") for group in groups)), groups[0])
        if self.unit in ("minute", "hour"):
            users |= case._people_on_call()
        return users.filtered("active")

    @api.model
    def _tell_digests(self, digests):
        """One to-do per clock and one message per person, however many clocks there are."""
        told = {
            user: self.browse({clock.id for clock, _step in items})
            for user, items in digests.items()
        }
        todos, activities = self.browse().union(*told.values())._todos(), []
        known = {(clock.id, row.user_id) for clock, rows in todos.items() for row in rows}
        for user, clocks in told.items():
            fresh = clocks.filtered(lambda clock, user=user: (clock.id, user) not in known)
            activities += fresh._activity_values(user)
            compose = partial(clocks._compose_digest, is_bare=self._hears_no_more(user))
            self.env["water.staff.message"]._tell(user, compose)
        # The message tells; the to-do need not announce itself as well.
        quiet = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        quiet.create(activities)

    def _activity_values(self, user):
        """Return activities for ``user`` about clocks of cases that the user may see."""
        activity_type = self.env.ref("water_service_desk.mail_activity_type_clock")
        spoken = self.with_context(lang=user.lang).env  # a scheduled action has no language
        labels = dict(self._fields["kind"]._description_selection(spoken))
        zones = {company: ZoneInfo(company._water_tz()) for company in self.company_id}
        kinds = defaultdict(list)
        for clock in self:
            case = clock._case()
            kinds[case._name].append((clock, case.id))
        rows = []
        for model, pairs in kinds.items():
            cases = self.env[model].browse({case_id for _clock, case_id in pairs})
            visible = set(cases._seen_by(user)._filtered_access("read").ids)
            rows += [
                {
                    "res_model_id": self.env["ir.model"]._get_id(model),
                    "res_id": case_id,
                    "activity_type_id": activity_type.id,
                    "summary": labels[clock.kind],
                    "date_deadline": clock._todo_day(zones[clock.company_id]),
                    "user_id": user.id,
                    "water_deadline_id": clock.id,
                    "active": True,  # all is said that has a default: Odoo need not ask for any
                }
                for clock, case_id in pairs
                if case_id in visible
            ]
        return rows

    @api.model
    def _hears_no_more(self, user):
        """Return whether ``user`` only makes sure that others are notified, without access to
        cases.
        """
        roles = (*CALLER, *WORKER, SUPERVISOR, MANAGER)
        at_the_top = self.env.company.search_count(
            ["|", ("water_general_manager_id", "=", user.id)]
            + [("water_vice_president_id", "=", user.id)],
            limit=1,
        )
        return user.has_group(SYSTEM) and not at_the_top and not any(map(user.has_group, roles))

    def _compose_digest(self, env, is_bare=False):
        """Return subject and body for one person; ``is_bare`` leaves out the cases."""
        first = self.sorted("due_at")[:DIGEST_LINES]
        # without fetching the rest in that language too
        shown = self.browse(first.ids).with_env(env)
        kinds = dict(shown._fields["kind"]._description_selection(env))
        lines = [
            clock._bare_line()
            if is_bare
            else f"{clock._case()._staff_line()} · {kinds[clock.kind]}"
            for clock in shown
        ]
        if len(self) > DIGEST_LINES:
            lines.append(env._("… and %(count)s more", count=len(self) - DIGEST_LINES))
        late = len(self.filtered(lambda clock: clock.state == "breached"))
        subject = env._(
            "Time limits: %(late)s overdue, %(near)s running out",
            late=late,
            near=len(self) - late,
        )
        items = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        return subject, Markup("<ul>%s</ul>") % items

    def _bare_line(self):
        due = moment_text(self.env, self.due_at, self.company_id._water_tz())
        return self.env._("%(case)s · due %(due)s", case=self._case().name, due=due)

    # -- warning -------------------------------------------------------------------------------
    # When a limit is warned of (S2.3.1d); one that has moved away since is warned of once more.

    def _warned_anew(self, due, now):
        warn = self._warn_moment(due)
        values = {"warn_at": warn, "limit_moved_at": now}
        return {**values, "warned_at": False} if warn and warn > now else values

    def _warn_moment(self, due):
        """Return when to warn of a limit that ends at ``due`` (naive UTC), or False.

        By the rule, moved along with the limit; of a given date as much later as the limit, or
        after the same share of a shorter time.
        """
        if not self.warn_at:
            return False
        percent = self.standard_line_id.warn_percent or WARN_PERCENT
        if self.amount and due >= self.planned_due_at:
            try:
                part = self.calendar_id._water_part(
                    self.started_at, self.amount, self.unit, percent
                )
            except (ValueError, ValidationError):  # the calendar has lost its hours since
                part = self.started_at + (self.planned_due_at - self.started_at) * percent / 100
            return min(part + (due - self.planned_due_at), due).replace(microsecond=0)
        if due >= self.due_at:
            return self.warn_at + (due - self.due_at)
        return (self.started_at + (due - self.started_at) * percent / 100).replace(microsecond=0)

    def _knows_of(self, told_at, moment):
        moved = self.limit_moved_at
        return bool(told_at) and not (moved and told_at <= moved < moment)

    # -- todos ---------------------------------------------------------------------------------

    def _todos(self):
        if not self:
            return {}
        todos = self.env["mail.activity"]
        return todos.search([("water_deadline_id", "in", self.ids)]).grouped("water_deadline_id")

    def _todo_day(self, zone):
        return wall_time(self.due_at, zone).date()

    def _move_todos(self):
        for clock, todos in self.filtered("limit_moved_at")._todos().items():
            day = clock._todo_day(ZoneInfo(clock.company_id._water_tz()))
            todos.filtered(lambda todo, day=day: todo.date_deadline != day).date_deadline = day

    @api.model
    def _end_todos(self):
        over = Domain("is_pending", "=", False) & Domain("state", "!=", "paused")
        about = Domain("water_deadline_id", "!=", False) & Domain("water_deadline_id", "any", over)
        trusted(self.env["mail.activity"].search(about)).unlink()

    # -- sweep ---------------------------------------------------------------------------------
    # The scheduled action of the clocks: warns, marks breaches, has the ladder climbed.
    #
    # Each batch is committed together with the next time of its clocks. If interrupted or repeated,
    # it neither loses a warning nor sends one twice.

    @api.model
    def _cron_sweep(self):
        """Scheduled action: handle the clocks whose next moment has come."""
        now = fields.Datetime.now()
        domain = [("next_check_at", "<=", now)]
        remaining = self.search_count(domain)
        while remaining:
            batch = self.search(domain, limit=SWEEP_BATCH, order="next_check_at, id")
            batch = batch.try_lock_for_update(allow_referencing=True)
            if not batch:
                break
            batch._check_all(now)
            remaining = max(remaining - len(batch), 0)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                break
            self.env.invalidate_all()
        run_isolated(self, type(self)._end_todos)
        clock = self.search([("next_check_at", "!=", False)], order="next_check_at", limit=1)
        clock._wake_sweep()

    def _wake_sweep(self):
        # sudo: water.deadline - who starts a clock may not see it
        moments = self.sudo().filtered("next_check_at").mapped("next_check_at")
        if moments:
            # sudo: ir.cron - users who start a clock may trigger the sweep
            cron = self.env.ref("water_service_desk.ir_cron_sweep").sudo()
            cron._trigger(at=max(min(moments), fields.Datetime.now() + timedelta(seconds=1)))

    @api.model
    def _start(self, rows):
        # sudo: water.deadline - written by the services of cases alone
        clocks = trusted(self.sudo())
        if not rows:
            return clocks.browse()
        clocks = clocks.create(rows)
        clocks._wake_sweep()
        clocks._bind_departments()
        return clocks

    def _check_due(self):
        """Do at once what the sweep would do, before an action on late work."""
        now = fields.Datetime.now()
        due = self.filtered(lambda clock: clock.next_check_at and clock.next_check_at <= now)
        due.sudo()._check_all(now)

    def _check_all(self, now):
        """Check the clocks together; if that fails, one by one, so that the others go on.

        A passing fault is raised, so that the action runs again.
        """
        try:
            with self.env.cr.savepoint():
                self._check(now)
        except Exception as error:
            if is_passing(error):
                raise
            self.invalidate_recordset()
            if len(self) > 1:
                for clock in self:
                    clock._check_all(now)
                return
            _logger.exception("The time limit %s could not be checked", self.id)
            trusted(self).write({"next_check_at": now + RETRY})

    def _check(self, now):
        """Warn, mark and escalate as far as ``now`` (naive UTC) asks for it."""
        self._resume_expired(self.filtered(lambda clock: clock.state == "paused"), now)
        open_clocks = self.filtered(
            lambda clock: clock.state in ("running", "breached") and not clock.met_at
        )
        done = self.filtered(lambda clock: clock.met_at or clock.state == "void")
        trusted(done).write({"next_check_at": False})
        open_clocks._tell_moved()
        open_clocks._move_todos()
        open_clocks._break(now)
        near = open_clocks.filtered(
            lambda c: c.state == "running" and c.warn_at and c.warn_at <= now and not c.warned_at
        )
        trusted(near).write({"warned_at": now})
        near._log_on_cases("clock_warned")
        open_clocks._escalate(now)

    def _after_breach(self):
        """Hook: these limits have been missed, each told once."""

    def _log_on_cases(self, kind, payloads=None):
        """Log the event in the chain of each case, by default with kind and limit of the clock."""
        rounds = defaultdict(dict)  # a chain takes one event of a kind at a time
        seen = Counter()
        for clock in self:
            case = clock._case()
            payload = {"clock": clock.kind, "due": clock.due_at.isoformat()}
            if kind == "clock_breached":
                payload = clock._breach_payload()
            rounds[seen[case], case._name][case.id] = payloads[clock.id] if payloads else payload
            seen[case] += 1
        for (__, model), events in rounds.items():
            self.env[model].browse(events)._log_events(kind, events)

    # -- breach --------------------------------------------------------------------------------
    # A missed limit stays with the person who had the work at that time.

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
        """Return ``(department, person)`` who has the work of the limit; rooms may extend it."""
        department, case = self.department_id, self._case()
        if department == case.department_id and not self.dispatch_id:
            department = case._working_department()
        return department, self.user_id

    def _breach_values(self):
        department, person = self._holder()
        return {
            "state": "breached",
            "breached_at": self.due_at,
            "breached_department_id": department.id,
            "breached_user_id": person.id,
        }

    def _is_missed(self, at):
        """Tell whether the limit is over at ``at`` (naive UTC), whichever days are off."""
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

    def _judge_met(self):
        """Judge clocks that were met after a provisional limit, by the days that are known now."""
        late = self.browse()
        for clock in trusted(self).filtered(lambda row: is_late(row.due_at, row.met_at)):
            names = ("planned_due_at", "due_at", "provisional")
            clock.write(dict(zip(names, clock._worked_out(), strict=True)))
            if clock._is_missed(clock.met_at):
                clock.write(clock._breach_values())
                late += clock
        late.with_user(SUPERUSER_ID)._log_on_cases("clock_breached")
        late._after_breach()

    def _break(self, now):
        """Mark those that are late at ``now`` (naive UTC), with the person who has the work.

        Pauses beyond their maximum end there.
        """
        clocks = self.sudo()
        self._resume_expired(clocks.filtered(lambda clock: clock.state == "paused"), now)
        late = clocks.filtered(
            lambda clock: (
                clock.state == "running"
                and not (clock.met_at or clock.breached_at)
                and clock._is_missed(now)
            )
        )
        groups = defaultdict(clocks.browse)  # many end with the same day
        for clock in late:
            groups[frozenset(clock._breach_values().items())] |= clock
        for values, rows in groups.items():
            trusted(rows).write(dict(values))
        # as superuser: time passing is not an act of the first user to touch the case
        late.with_user(SUPERUSER_ID)._log_on_cases("clock_breached")
        late._lapse_requests()  # a past limit can no longer move
        late.with_env(self.env)._after_breach()

    def _breach_payload(self):
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
        """Give the reason for a missed limit; another person decides on an excuse.

        :param files: ir.attachment as proof, required for a possible excuse
        :raises AccessError: without write access to the case
        :raises UserError: for a limit not missed, or already decided, or without text or evidence
        """
        self.ensure_one()
        case = self._case()
        case.check_access("write")
        if self.state != "breached" or self.excuse_state in ("excused", "refused"):
            raise UserError(self.env._("Only a missed limit that is not decided yet is explained."))
        if not strip_invisible(note):
            raise UserError(self.env._("Say in words why the limit was missed."))
        if reason in EXCUSABLE and not files:
            raise UserError(self.env._("Attach what proves the reason: photos, letters, records."))
        clock = self.sudo()
        trusted(clock).write(
            {
                "breach_reason": reason,
                "breach_note": note,
                "breach_evidence_ids": [fields.Command.set(handed_to(self, files).ids)],
                "breach_by_id": self.env.uid,
                "excuse_state": "asked" if reason in EXCUSABLE else False,
            }
        )
        clock._case()._log_events("breach_explained", {"clock": self.kind, "reason": note})

    @api.model
    def _decides_excuses(self):
        user = self.env.user
        return self.env.su or user.has_group(SUPERVISOR) or user.has_group(QUALITY)

    def _barred_from_excuse(self):
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
                    self.env._(
                        "The person who missed the limit, or explained it, cannot excuse it."
                    )
                )
            row = clock.sudo()
            trusted(row).write(
                {
                    "excuse_state": state,
                    "excuse_by_id": self.env.uid,
                    "excuse_at": fields.Datetime.now(),
                }
            )
            payload = {"clock": clock.kind, "note": state}
            row._case()._log_events("breach_decided", payload)
        return True

    def action_excuse(self):
        """Excuse the missed limit.

        :raises AccessError: for others than supervisors and quality
        :raises UserError: for the person who had the work or explained it, or if nothing waits
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
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        self._decide_excuse("refused")
        clock = self.sudo()
        trusted(clock).refusal_reason = reason
        tell_staff(clock._case(), clock.breach_by_id, _refused_subject, lambda _row: reason)
