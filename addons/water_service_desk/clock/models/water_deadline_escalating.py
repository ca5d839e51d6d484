from collections import defaultdict
from functools import cache, partial
from zoneinfo import ZoneInfo

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import ValidationError

from ...base.moments import SECOND, moment_text
from ...base.roles import CALLER, MANAGER, SUPERVISOR, WORKER
from ...base.trust import trusted
from .water_escalation_step import SYSTEM

#: Lines of a message to one person; the rest is a number and the duty board.
DIGEST_LINES = 30


def _active(users):
    return users.filtered("active")


class WaterDeadline(models.Model):
    """The ladder: who hears of a limit that comes near or has passed, when and in which words."""

    _inherit = "water.deadline"

    def _escalate(self, now):
        """Tell whoever has to be told by now, and set the next moment of each clock."""
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
                rows.append(clock._notice_values(step, user, now))
                digests[user].append((clock, step))
            later[min(upcoming, default=False)].append(clock.id)
        self.env["water.escalation.notice"]._keep(rows)
        for moment, ids in later.items():
            trusted(self.browse(ids)).write({"next_check_at": moment})
        self._tell_digests(digests)

    def _listeners(self, steps, case, now, openings, stand_ins):
        """``(step, user, moment)``: whom each step tells, and when he may be told.

        Who is on call is told at once, others in working time. No step tells nobody: where
        whoever it names is missing, or is concerned himself, the next who are not hear instead.

        :param openings: {calendar: the next working moment}, naive UTC
        :param stand_ins: function of the company that returns who hears then
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
        """The first of ``groups`` in which somebody is left, without those who are concerned."""
        left = (people - kept_out for people in groups)
        return next(filter(None, left), kept_out.browse())

    def _told(self):
        """{(clock, step, person): when he was told last}, by their ids."""
        notices = self.env["water.escalation.notice"].sudo()
        rows = notices.search([("deadline_id", "in", self.ids)], order="at")
        return {(row.deadline_id.id, row.step_id.id, row.user_id.id): row.at for row in rows}

    def _own_moments(self, now):
        """The moments that concern the clock itself, apart from the ladder."""
        moments = [self.warn_at] if not self.warned_at and self.warn_at else []
        if not self.breached_at:
            moments.append(self._due_at_most() + SECOND)  # the limit itself is in time
        return [moment for moment in moments if moment > now]

    def _ladder(self, case, moments):
        """``(step, moment)`` of each step that applies to this clock of ``case``, in naive UTC.

        :param moments: what is worked out already: most limits end with the same working day
        """
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
        """All that the moment of a step follows from; of the way to the limit, the whole way."""
        key = (step.id, self.calendar_id.id, self.due_at)
        if step.moment != "percent":
            return key
        return (*key, self.started_at, self.planned_due_at, self.amount, self.unit)

    def _step_moment(self, step):
        try:
            return self._counted_moment(step)
        except (ValueError, ValidationError):  # the calendar has lost its hours since
            return self._plain_moment(step)

    def _counted_moment(self, step):
        if step.moment == "due":
            return self.due_at + SECOND
        if step.moment == "after":
            return self.calendar_id._water_due_at(self.due_at, step.amount, step.unit)[0]
        if not self.amount:
            return self._plain_moment(step)
        part = self.calendar_id._water_part(self.started_at, self.amount, self.unit, step.percent)
        # Pauses and extensions move the rest of the way along with the limit.
        return min(part + (self.due_at - self.planned_due_at), self.due_at)

    def _plain_moment(self, step):
        """The moment of a step by the clock on the wall, whatever the calendar."""
        if step.moment == "percent":
            return self.started_at + (self.due_at - self.started_at) * step.percent / 100
        unit = "calendar_day" if step.unit == "working_day" else step.unit.removeprefix("working_")
        return self.calendar_id._water_due_at(self.due_at, step.amount, unit)[0]

    def _recipients(self, step, case):
        """Active users whom ``step`` tells of this clock of ``case``."""
        department, company = case.department_id, case.company_id
        users = self.env["res.users"]
        if step.recipient == "handler":
            users = _active(case.user_id)
        if step.recipient in ("handler", "first_responsible"):
            users = users or _active(case._acting_responsible())
        if step.recipient in ("handler", "first_responsible", "department_head"):
            users = users or _active(department.manager_id) or _active(company.water_desk_head_id)
        elif step.recipient == "vice_president":
            users = _active(department.deputy_id) or company.water_vice_president_id
        else:
            users = company.water_general_manager_id
        if self._is_absolute():
            users |= case._people_on_call()
        return users.filtered("active")

    def _is_absolute(self):
        return self.unit in ("minute", "hour")

    def _notice_values(self, step, user, now):
        return (self.id, step.id, user.id, now)

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
        quiet.sudo().create(activities)

    def _activity_values(self, user):
        """To-dos for ``user`` about the clocks of cases that he may see."""
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
        """Whether ``user`` only sees to it that somebody hears: cases are no business of his."""
        roles = (*CALLER, *WORKER, SUPERVISOR, MANAGER)
        at_the_top = self.env.company.search_count(
            ["|", ("water_general_manager_id", "=", user.id)]
            + [("water_vice_president_id", "=", user.id)],
            limit=1,
        )
        return user.has_group(SYSTEM) and not at_the_top and not any(map(user.has_group, roles))

    def _compose_digest(self, env, is_bare=False):
        """Subject and body of the message to one person, in his language.

        :param is_bare: numbers and limits alone, not what the cases are about
        """
        first = self.sorted("due_at")[:DIGEST_LINES]
        shown = self.browse(first.ids).with_env(env)  # not to fetch the rest in his language too
        lines = [clock._bare_line() if is_bare else clock._digest_line() for clock in shown]
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

    def _digest_line(self):
        label = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        return f"{self._case()._staff_line()} · {label}"

    def _bare_line(self):
        due = moment_text(self.env, self.due_at, self.company_id._water_tz())
        return self.env._("%(case)s · due %(due)s", case=self._case().name, due=due)
