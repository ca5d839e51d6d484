from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.isolated import FAILED, run_each_isolated, run_isolated
from odoo.addons.water_service_desk.base.moments import CLOCK_SKEW, is_late
from odoo.addons.water_service_desk.base.roles import SUPERVISOR
from odoo.addons.water_service_desk.base.tables import table
from odoo.addons.water_service_desk.base.todos import end_todos, open_todos
from odoo.addons.water_service_desk.base.trust import trusted

from .water_incident import CASE_COUNTS, CASE_MODELS, REPAIR

#: Share of the time after which the commander is reminded of the limit.
WARN = 0.8
#: Cases that happened so long before an incident, or before planned work, do not belong to it.
EARLIER = timedelta(hours=24)
EARLIER_PLANNED = timedelta(hours=4)
#: Fields that decide which cases are linked.
AREA = frozenset({"zone_ids", "account_ids", "kind_id", "category_ids"})
#: Fields that the minutes depend on; they are recounted when one changes after the end.
FACTS = frozenset({"restored_at", "aware_at", "households", "zone_ids", "account_ids", "kind_id"})


def _months_between(begin, end, zone):
    month = begin.replace(tzinfo=UTC).astimezone(zone).date().replace(day=1)
    while True:
        month += relativedelta(months=1)
        moment = datetime(month.year, month.month, 1, tzinfo=zone).astimezone(UTC)
        moment = moment.replace(tzinfo=None)
        if moment >= end:
            return
        yield moment


class WaterIncident(models.Model):
    """The cases of an incident: which hang on it, which propose one."""

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

    complaint_ids = fields.One2many("water.complaint", "incident_id", string="Complaints")
    request_ids = fields.One2many("water.request", "incident_id", string="Requests")
    inquiry_ids = fields.One2many("water.inquiry", "incident_id", string="Inquiries")
    case_count = fields.Integer(string="Cases", compute="_compute_case_count")
    complaint_case_count = fields.Integer(
        string="Number of Complaints", compute="_compute_case_count"
    )
    request_case_count = fields.Integer(string="Number of Requests", compute="_compute_case_count")
    inquiry_case_count = fields.Integer(string="Number of Inquiries", compute="_compute_case_count")

    call_count = fields.Integer(string="Customers to Call", compute="_compute_calls")
    end_text = fields.Text(string="What Was Done", compute="_compute_end_text")

    minutes_ids = fields.One2many(
        "water.outage.minutes", "incident_id", string="Minutes × Households"
    )

    #: facts of the incident: users who change one are recorded
    _made_facts = frozenset(
        {
            *("kind_id", "strategic_main", "zone_ids", "account_ids"),
            *("aware_at", "opened_at", "restored_at", "notice_given_at", "announced_end_at"),
            *("quality_notice", "quality_from", "quality_until"),
            *("manager_id", "department_id"),
        }
    )

    maker_ids = fields.Many2many(
        "res.users",
        "water_incident_maker_rel",
        string="Whose Facts They Are",
        readonly=True,
        copy=False,
        help="Anyone who entered or changed a fact, even if it was changed back.",
    )
    set_back_minutes = fields.Integer(
        string="Entered Later by (min)",
        readonly=True,
        copy=False,
        help="How long before its entry the beginning was set, at most.",
    )
    set_back_by_ids = fields.Many2many(
        "res.users",
        "water_incident_set_back_rel",
        string="Set Back by",
        readonly=True,
        copy=False,
    )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_case_count(self):
        """Count the linked cases; for a proposal, those that would be linked now."""
        counts = {model: self._count_of(model) for model in CASE_COUNTS}
        for incident in self:
            for model, name in CASE_COUNTS.items():
                incident[name] = counts[model].get(incident._origin, 0)
            incident.case_count = sum(incident[name] for name in CASE_COUNTS.values())

    def _count_of(self, model):
        """Return {incident: number of its cases of this type} that the user may read."""
        if not self.env[model].has_access("read"):
            return {}
        proposed = self._origin.filtered(lambda row: row.state == "proposed")
        mine = [("incident_id", "in", (self._origin - proposed).ids)]
        counts = dict(self.env[model]._read_group(mine, ["incident_id"], ["__count"]))
        found = {row: self.env[model].search_count(row._domain_of(model)) for row in proposed}
        return counts | found

    def _domain_of(self, model):
        """Return the domain of the linked cases; for a proposal, those that would be linked."""
        if self.state == "proposed":
            return [("id", "in", self._fresh_cases(model).ids)]
        return [("incident_id", "in", self.ids)]

    def action_open_complaints(self):
        """Open the complaints that hang on it."""
        return self._open_cases("water.complaint", self.env._("Complaints"))

    def action_open_requests(self):
        """Open the requests that hang on it."""
        return self._open_cases("water.request", self.env._("Requests"))

    def action_open_inquiries(self):
        """Open the inquiries that hang on it."""
        return self._open_cases("water.inquiry", self.env._("Inquiries"))

    def _open_cases(self, model, title):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.display_name} · {title}",
            "res_model": model,
            "view_mode": "list,kanban,form",
            "domain": self._domain_of(model),
        }

    def _for_each_type(self, work):
        for model in CASE_MODELS:
            # sudo: case - what befalls all is kept in each, restricted or not
            cases = self.env[model].sudo().search(self._open_children_domain(model))
            if cases:
                work(cases)

    def _open_children_domain(self, model):
        open_states = Domain("state", "not in", tuple(self.env[model]._final_states))
        return Domain("incident_id", "in", self.ids) & open_states

    def write(self, vals):
        """Link the cases of a larger area or another kind, recount minutes, and record who changed
        facts.
        """
        names = sorted(table(self, "_made_facts") & vals.keys() & self._fields.keys())
        made = {row.id: [row[name] for name in names] for row in self}
        counts = FACTS & vals.keys()
        met = self._met_in_time() if counts else self.browse()
        areas = (
            {incident.id: incident._area_now() for incident in self} if AREA & vals.keys() else {}
        )
        result = super().write(vals)
        for incident in self.filtered(lambda row: row.state == "open" and row.id in areas):
            incident._follow_area(*areas[incident.id])
        if counts:
            (self | met | self._met_in_time())._count_minutes()
        changed = self.filtered(lambda row: [row[name] for name in names] != made[row.id])
        changed._keep_makers("aware_at" in names)
        return result

    def _area_now(self):
        counted = self._counted_accounts()
        is_counted = all(self[name] == number for name, number in counted.items())
        return self.zone_ids, self.account_ids, is_counted

    def _follow_area(self, zones, accounts, was_counted):
        self._join_cases_of_area()
        if was_counted:
            self.write(self._counted_accounts())
        if self.zone_ids - zones or self.account_ids - accounts:
            self._ask_for_news_now()

    def _join_cases_of_area(self):
        for model in CASE_MODELS:
            self._fresh_cases(model)._join_incident(self)

    def _fresh_cases(self, model):
        cases = self.env[model].sudo()
        area = Domain("zone_id", "in", self.zone_ids.ids)
        area |= Domain("account_id", "in", self.account_ids.ids)
        since, earliest = self._joins_since(), self._happened_since()
        return cases.search(
            area
            & Domain("company_id", "=", self.company_id.id)
            & Domain("category_id", "in", self._joining_categories().ids)
            & Domain("incident_id", "=", False)
            & Domain("event_ids", "not any", [("kind", "=", "incident_left")])
            & Domain("received_at", ">=", since)
            & (Domain("occurred_at", "=", False) | Domain("occurred_at", ">=", earliest))
            & Domain("state", "in", cases._incident_states)
        )

    def _joins_since(self):
        """Return from when (naive UTC) received cases belong to the incident."""
        if self.is_planned:
            return self.aware_at if self._has_begun() else self.create_date
        return self.aware_at - self.kind_id._span(self.company_id)

    def _happened_since(self):
        """Return from when (naive UTC) it happened; customers only know roughly."""
        return self.aware_at - (EARLIER_PLANNED if self.is_planned else EARLIER)

    def _joining_categories(self):
        """Return the categories linked now; before planned work, those of questions."""
        if self.is_planned and not self._has_begun():
            return self.category_ids & self.kind_id.early_category_ids
        return self.category_ids

    def _takes(self, category, occurred_at, received_at=None):
        """Return whether a new case of its area is linked.

        :param occurred_at: naive UTC when it happened, or False
        :param received_at: naive UTC of the receipt, if not now
        """
        if category not in self._joining_categories():
            return False
        if received_at and received_at < self._joins_since():
            return False
        return not occurred_at or not self._has_begun() or occurred_at >= self._happened_since()

    # -- proposals --------------------------------------------------------------------------

    @api.model
    def _propose_for(self, cases):
        """Propose an incident where ``cases`` make a cluster (domain 2: E5; S3.1.2c).

        :param cases: freshly registered cases of one type without an incident
        """
        for company, zone, kind, family, always in cases._incident_clusters():
            categories = self._cluster_categories(kind, family)
            if self._known(company, zone, kind, categories):
                continue
            found = self._cluster(company, zone, kind, categories)
            if always or len(found) >= kind._cases_needed(company):
                self._propose(company, zone, kind, family, found)

    @api.model
    def _cluster_categories(self, kind, family):
        if not family:
            return kind.category_ids
        return family | family.child_ids

    @api.model
    def _known(self, company, zone, kind, categories):
        return self.search_count(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("proposed", "open")),
                ("zone_ids", "in", zone.ids),
                ("kind_id", "=", kind.id),
                ("category_ids", "in", categories.ids),
            ],
            limit=1,
        )

    @api.model
    def _cluster(self, company, zone, kind, categories):
        """When each fresh case of a kind in a zone was received, ascending."""
        since = fields.Datetime.now() - kind._span(company)
        moments = []
        for model in CASE_MODELS:
            cases = self.env[model].sudo()
            found = cases.search_read(
                [
                    ("company_id", "=", company.id),
                    ("zone_id", "=", zone.id),
                    ("category_id", "in", categories.ids),
                    ("received_at", ">=", since),
                    ("incident_id", "=", False),
                    ("state", "in", cases._incident_states),
                ],
                ["received_at"],
            )
            moments += [row["received_at"] for row in found]
        return sorted(moments)

    @api.model
    def _propose(self, company, zone, kind, family, moments):
        words = self.with_context(lang=company.partner_id.lang)
        place, matter = zone.with_env(words.env), (family or kind).with_env(words.env)
        head = family.department_id or kind.warn_department_ids.filtered(
            lambda row: row.company_id in (company, company.browse())
        )
        values = {
            "subject": f"{place.name} · {matter.name}",
            "kind_id": kind.id,
            "zone_ids": zone.ids,
            "department_id": head[:1].id,
            "manager_id": head[:1].manager_id.id,
            "aware_at": min(moments, default=fields.Datetime.now()),
            "company_id": company.id,
        }
        if family:
            values["category_ids"] = self._cluster_categories(kind, family).ids
        incident = trusted(self).create(values)
        incident._tell_proposal(len(moments))
        return incident

    def _tell_proposal(self, count):
        """The supervisors and the people on call learn of it at once."""
        # sudo: res.groups - registering a case may notify the supervisors
        group = self.env.ref(SUPERVISOR).sudo()
        people = group.all_user_ids.filtered(lambda user: self.company_id in user.company_ids)
        people |= self.department_id.on_call_user_ids | self.kind_id._people_warned(self.company_id)

        def compose(env):
            body = env._(
                "%(count)s cases of one kind in one zone: start the emergency plan, or dismiss it.",
                count=count,
            )
            subject = env._("Incident? %(subject)s", subject=self.subject)
            return subject, Markup("<p>%s</p>") % body

        self.env["water.staff.message"]._tell(people, compose, self)

    # -- repair --------------------------------------------------------------------------------
    # How long the repair of a pipe may take, by its diameter (抢修时限, S-3).
    #
    # Small pipes are repaired within a day, larger mains within two (company settings); holidays do
    # not extend it. The commander is reminded before, and all in charge are notified when it is
    # late.

    @api.depends("aware_at", "pipe_diameter", "is_planned")
    def _compute_repair_due_at(self):
        """Use the present settings; past incidents keep their limit, see ``res.company``."""
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
        """Remind the commander before the limit, and notify all in charge when it is over."""
        now = fields.Datetime.now()
        running = self.sudo().search([("state", "=", "open"), ("repair_due_at", "!=", False)])
        run_each_isolated(running, type(self)._watch_repair, now)
        free = [("repair_due_at", "=", False), ("repair_warned_at", "!=", False)]
        self.sudo().search([("state", "=", "open"), *free])._forget_repair()

    def _forget_repair(self):
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

    def _forget_moved_limit(self, now):
        """Reset reminder and overdue mark when the diameter has moved the limit."""
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
        """Return the limit in the reader's language."""
        localized = self.with_context(lang=user.lang)
        until = localized._local(self.repair_due_at)
        return localized.env._("The repair has to be finished by %s", until)

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

    # -- ending --------------------------------------------------------------------------------
    # The end of an incident: which cases are proposed to close with it, which stay and why.

    def _over_at(self, at):
        """Return the end as entered, never before the beginning.

        A machine whose clock is ahead of ours may have written the beginning.

        :param at: naive UTC
        :raises UserError: for a time before it began, or in the future
        """
        now = fields.Datetime.now()
        begun = self.aware_at if self.is_planned else min(self.aware_at, now)
        if not begun <= at <= now + CLOCK_SKEW:
            raise UserError(self.env._("Choose a time between the beginning and now."))
        return max(at, self.aware_at)

    def _ending_lines(self):
        """``[(case, words that keep it open)]`` of the open cases that hang on it."""
        lines = []
        for model in CASE_MODELS:
            if not self.env[model].has_access("read"):
                continue
            cases = self.env[model].search(self._open_children_domain(model), order="id")
            # sudo: case - open reasons are counted for every reader
            for case in cases:
                lines.append((case, [str(words) for words in case.sudo()._why_stays_open()]))
        return lines

    def _close_cases(self, notice, limit):
        """Close a batch of linked cases that wait for nothing.

        :return: whether a case was examined
        """
        begun = CASE_MODELS.index(notice.last_model) if notice.last_model else 0
        for model in CASE_MODELS[begun:]:
            after = notice.last_case_id if notice.last_model == model else 0
            domain = self._open_children_domain(model) & Domain("id", ">", after)
            if isinstance(notice.chosen, dict):
                domain &= Domain("id", "in", notice.chosen.get(model, []))
            found = self.env[model].sudo().search(domain, order="id", limit=limit)
            if found:
                closing = self._ending_with(notice, found)
                close = type(found)._close_with_incident
                if run_isolated(closing, close, notice.body) is FAILED:
                    run_each_isolated(closing, close, notice.body)
                trusted(notice).write({"last_model": model, "last_case_id": found[-1].id})
                return True
        return False

    def _ending_with(self, notice, cases):
        """Those of the cases that may close: a message is on its way to their customers.

        Cases of customers without a way to be told close when a user has chosen them.
        """
        contacts = self.env["water.incident.contact"].sudo()
        link = contacts._case_field(cases._name)
        theirs = Domain(link, "in", cases.ids) | Domain("partner_id", "in", cases.partner_id.ids)
        theirs |= Domain("partner_id", "=", False)
        sent = Domain("message_ids", "any", [("state", "!=", "given_up")])
        rows = contacts.search(Domain("notice_id", "=", notice.id) & theirs & sent)
        told = cases & cases.search(Domain("id", "in", cases.ids) & rows._cases_domain(link))
        if not isinstance(notice.chosen, dict):
            return told
        return told | (cases - told).filtered(lambda case: not case._can_be_called())

    # -- the telephone list -------------------------------------------------------------------

    def _compute_calls(self):
        contacts = self.env["water.incident.contact"].sudo()
        for incident in self:
            incident.call_count = contacts.search_count(incident._calls_domain())

    def _calls_domain(self):
        mine = Domain("notice_id.incident_id", "=", self._origin.id)
        return mine & Domain("needs_call", "=", True)

    def _compute_end_text(self):
        """Say in one sentence what was done at the end and what is left."""
        for incident in self:
            is_over = incident.state in ("restored", "closed")
            # sudo: water.incident.notice - whether it is sent still
            queued = incident.sudo().notice_ids.filtered(lambda row: row.state == "queued")
            waits = queued and incident.env._("The news of the end are being sent.")
            incident.end_text = is_over and (waits or incident._end_sentence())

    def _end_sentence(self):
        contacts = self.env["water.incident.contact"].sudo()
        mine = Domain("notice_id.incident_id", "=", self.id)
        mine &= Domain("notice_id.kind", "=", "restored")
        mine &= Domain.OR(Domain(link, "!=", False) for link in contacts._case_models())
        sent = Domain("message_ids", "any", [("state", "!=", "given_up")])
        calls = contacts.search(self._calls_domain())
        waiting = others = 0
        for link, model in contacts._case_models().items():
            # sudo: case - counted for every reader
            cases = self.env[model].sudo()
            is_open = self._open_children_domain(model)
            own = cases.search_count(is_open & calls._cases_domain(link)) if calls else 0
            waiting += own
            others += cases.search_count(is_open) - own
        return self.env._(
            "Customers with a case told by a message: %(told)s, by phone: %(called)s; still to be"
            " called: %(calls)s (open cases: %(waiting)s); other open cases: %(others)s.",
            told=contacts.search_count(mine & sent),
            called=contacts.search_count(mine & Domain("called_at", "!=", False)),
            calls=len(calls),
            waiting=waiting,
            others=others,
        )

    def _note_end(self):
        localized = self.with_context(lang=self.company_id.partner_id.lang)
        self._message_log(body=localized._end_sentence())

    def action_open_calls(self):
        """Open the telephone list: customers whom no message reached at the end."""
        self.ensure_one()
        self.check_access("read")
        title = self.env._("%s · Telephone List", self.display_name)
        domain = list(self._calls_domain())
        return windows.rows("water.incident.contact", title, domain, modes="list")

    # -- minutes of outage ---------------------------------------------------------------------

    def _met_in_time(self):
        """Return other past incidents that overlap in time, whose minutes depend on these."""
        # sudo: water.incident - counted, not shown
        found = self.sudo().browse()
        for incident in self.sudo().filtered("restored_at"):
            found |= found.search(incident._same_time())
        return found.with_env(self.env)

    def _same_time(self):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("kind_id.counts_minutes", "=", True)
            & Domain("aware_at", "<", self.restored_at)
            & Domain("restored_at", ">", self.aware_at)
            & Domain("id", "!=", self.id)
        )

    def _count_minutes(self):
        """Keep the minutes × households of incidents that are over, of each zone and month."""
        # sudo: water.outage.minutes - written by this service alone
        rows = trusted(self.env["water.outage.minutes"].sudo())
        over = self.sudo().filtered("restored_at")
        rows.search([("incident_id", "in", over.ids)]).unlink()
        for incident in over.filtered("kind_id.counts_minutes"):
            spells = incident._spells()
            rows.create(
                [
                    {
                        "incident_id": incident.id,
                        "zone_id": zone_id,
                        "month": month,
                        "is_planned": incident.is_planned,
                        "minutes": minutes,
                        "households": households,
                        "household_minutes": household_minutes,
                    }
                    for zone_id, households in incident._households_by_zone().items()
                    for month, minutes, household_minutes in incident._minutes_of(
                        spells, zone_id, households
                    )
                ]
            )

    def _minutes_of(self, spells, zone_id, households):
        found = {}
        for month, minutes, others in spells:
            fresh = households - self._counted_elsewhere(others, zone_id, households)
            before = found.get(month, (0, 0))
            found[month] = before[0] + minutes, before[1] + minutes * fresh
        return [(month, *numbers) for month, numbers in found.items()]

    def _spells(self):
        """Return ``[(first day of a month, minutes, incidents that count these already)]``.

        Months by the company's calendar. The incident that began earlier counts the shared
        households.
        """
        zone = ZoneInfo(self.company_id.sudo()._water_tz())
        others = self.search(self._same_time()).filtered(
            lambda row: (row.aware_at, row.id) < (self.aware_at, self.id)
        )
        begin, end = self.aware_at, self.restored_at
        edges = {end, *others.mapped("restored_at"), *_months_between(begin, end, zone)}
        found, counted, since = [], 0, begin
        for edge in sorted(edge for edge in edges if edge <= end):
            passed = int((edge - begin).total_seconds() // 60)
            if passed > counted:
                then = others.filtered(lambda row, edge=edge: row.restored_at >= edge)
                month = since.replace(tzinfo=UTC).astimezone(zone).date().replace(day=1)
                found.append((month, passed - counted, then))
            counted, since = passed, edge
        return found

    def _counted_elsewhere(self, others, zone_id, households):
        """Return how many households of a zone ``others`` count for the same minutes.

        Estimated by the accounts in both areas; without known accounts, by equal zones.
        """
        if not others:
            return 0
        in_zone = Domain("zone_id", "=", zone_id)
        accounts = self.env["water.account"].sudo()
        known = accounts.search_count(self._homes_domain() & in_zone)
        theirs = Domain.OR(row._homes_domain() for row in others)
        both = accounts.search_count(self._homes_domain() & theirs & in_zone) if known else 0
        if not known and zone_id:
            both = known = int(zone_id in others.zone_ids.ids)
        said = sum(row._households_by_zone().get(zone_id, 0) for row in others)
        return min(households * both // known, said) if known else 0

    def _homes_domain(self):
        return self._accounts_domain() & Domain("customer_class", "=", "household")

    def _households_by_zone(self):
        """Return ``{zone id: households}`` that add up to the incident's number.

        Distributed by the accounts of the area; without accounts evenly by zone.
        """
        # sudo: water.account - counted, not shown
        accounts = self.env["water.account"].sudo()
        groups = accounts._read_group(self._homes_domain(), ["zone_id"], ["__count"])
        shares = {zone.id: count for zone, count in groups} or dict.fromkeys(
            self.zone_ids.ids or [False], 1
        )
        total, given, weight, found = sum(shares.values()), 0, 0, {}
        for zone_id, share in shares.items():
            weight += share
            until = self.households * weight // total
            found[zone_id], given = until - given, until
        return found

    # -- makers --------------------------------------------------------------------------------
    # Users who entered or changed facts of the incident, and how late the facts were entered.
    #
    # Both stay when a fact is changed back: others decide on the money (S3.2.3a).

    @api.model_create_multi
    def create(self, vals_list):
        incidents = super().create(vals_list)
        incidents._keep_makers()
        return incidents

    def _keep_makers(self, is_timed=True):
        """Record the present user as an author of facts.

        :param is_timed: whether the user has set the beginning
        """
        people = self.env.user if self.env.uid != SUPERUSER_ID else self.env.user.browse()
        now = fields.Datetime.now()
        for incident in trusted(self.sudo()):
            values = {"maker_ids": [fields.Command.link(user.id) for user in people]}
            late = (now - incident.aware_at).total_seconds() // 60 if incident.aware_at else 0
            if is_timed and late > 0:
                values["set_back_minutes"] = max(incident.set_back_minutes, int(late))
                values["set_back_by_ids"] = values["maker_ids"]
            incident.write(values)
