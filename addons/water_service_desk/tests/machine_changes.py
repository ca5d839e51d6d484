"""Steps of what turns out otherwise: the matter, its place, its person, the rules and the house."""

import re

from odoo import fields
from odoo.fields import Command

from ..base.moments import is_late
from ..base.roles import SUPERVISOR
from ..clock.models.water_standard_line import WORKING_UNITS
from .machine import Idle, Machine, some, step
from .machine_steps import anybody, desk

#: A moment as customers read it in English.
SAID = re.compile(r"\w+day, \w+ \d{1,2}, \d{4},? (?:at )?\d{1,2}:\d\d\s[AP]M")
#: Clocks whose limits the manager changes.
EDITED = ("contact", "verify", "plan", "close", "feedback")
#: people who may leave; their work has another person
LEAVERS = ("agent2", "department2", "again", "quality", "supervisor")


class CaseChangeSteps(Machine):
    """A case turns out to be about another subject or customer."""

    #: categories that a case of each type may turn out to be of
    categories = {
        "water.inquiry": ("gn", "wq", "bl"),
        "water.request": ("lk01", "lk03", "ot03", "nc01"),
    }

    def prepare(self):
        super().prepare()
        self.account = self.new_account()
        articles = self.own("supervisor", self.env["water.article"])
        values = {"name": "阶梯水价", "customer_text": "第二阶梯从每年216立方米开始。"}
        values["category_ids"] = [Command.set(self.test._category("gn").ids)]
        values["owner_id"] = self.test.users["department"].id
        self.article = articles.create(values).with_env(self.env)
        self.own("supervisor", self.article).action_publish()

    def new_account(self):
        """Hook: the account that cases turn out to be about."""
        values = {"code": "T-MA", "partner_id": self.test.customer.id, "address": "东城路8号"}
        return self.env["water.account"].create(values)

    def open_case(self, which, *models):
        rows = [case for case in self.cases if case.state not in case._final_states]
        return self.pick([row for row in rows if not models or row._name in models], which)

    @step(weight=2, which=some, login=desk, code=some)
    def recategorise(self, which, login, code):
        case = self.open_case(which, *self.categories)
        codes = self.categories[case._name]
        self.own(login, case).category_id = self.test._category(codes[code % len(codes)])

    @step(weight=2, which=some, login=desk)
    def put_place_right(self, which, login):
        """It is about the known account, or none."""
        case = self.open_case(which)
        account = self.account.browse() if case.account_id else self.account
        self.own(login, case).account_id = account

    @step(which=some, login=desk)
    def keep_confidential(self, which, login):
        case = self.open_case(which)
        self.own(login, case).is_confidential = not case.is_confidential

    @step(which=some, login=desk)
    def becomes_anonymous(self, which, login):
        """The customer wants to be anonymous, or gives a name after all."""
        case = self.open_case(which)
        self.own(login, case).is_anonymous = not case.is_anonymous

    @step(which=some, login=desk, phone=some)
    def identify(self, which, login, phone):
        """Another person called, or has another number."""
        case = self.open_case(which)
        other = self.test.customer if case.partner_id == self.test.customer2 else None
        customer = other or self.test.customer2
        values = {"partner_id": customer.id, "contact_name": customer.name}
        values |= {"phone": f"1370000{phone:04d}", "is_anonymous": False}
        self.own(login, case).write(values if phone % 2 else {"phone": values["phone"]})

    @step(which=some, login=desk, hours=some)
    def becomes_order(self, which, login, hours):
        """Another body writes about it as well."""
        rows = [case for case in self.cases if not case.external_state]
        case = self.pick([row for row in rows if row.state not in row._final_states], which)
        self.own(login, case).write(self.order_values(hours))

    @step(which=some, login=desk, text=("家里老人摔伤了", "水漫到楼下了", "请快一点"))
    def say_more(self, which, login, text):
        case = self.own(login, self.open_case(which))
        case.description = f"{case.description} {text}"

    @step(which=some, login=anybody)
    def cite_article(self, which, login):
        case = self.open_case(which)
        article = self.article.browse() if case.article_id else self.article
        self.own(login, case).article_id = article.with_user(self.test.users[login])


class HouseChangeSteps(Machine):
    """Days, hours, standards, departments and people are others than they were."""

    def prepare(self):
        super().prepare()
        self.first_day = self._last("water.calendar.day")
        self.office = self.test.company.water_calendar_id

    def before(self):
        super().before()
        pauses = [row for clock in self.rows("deadline_ids") for row in clock.pause_ids]
        self.granted = {row for row in pauses if row.state == "done"}
        self.last_message = self._last("water.message")

    def own(self, login, records):
        """Former employees do nothing."""
        user = self.test.users.get(login)
        if user and not user.active:
            raise Idle
        return super().own(login, records)

    @step(days=some)
    def holiday(self, days):
        """The manager enters an unknown day off, or a working Saturday."""
        day = fields.Date.add(fields.Date.today(), days=days % 20)
        kind = "work" if day.weekday() in (5, 6) else "off"
        if self.env["water.calendar.day"].search_count([("date", "=", day)]):
            raise Idle
        values = {"name": "放假", "date": day, "kind": kind}
        self.own("manager", self.env["water.calendar.day"]).create(values)

    @step(which=some)
    def holiday_falls_out(self, which):
        """The entered day is corrected or removed."""
        days = self.env["water.calendar.day"].search([("id", ">", self.first_day)], order="id")
        day = self.own("manager", self.pick(days, which))
        if which % 2:
            day.unlink()
        else:
            day.date = fields.Date.add(day.date, days=1)

    @step(hour=(16.5, 17, 17.5, 19), login=("manager", "manager", "supervisor"))
    def change_hours(self, hour, login):
        """The office closes earlier or later from now on."""
        last = max(self.office.attendance_ids.mapped("hour_to"))
        lines = self.office.attendance_ids.filtered(lambda line: line.hour_to == last)
        self.own(login, lines).write({"hour_to": hour})

    @step(which=some, more=(-2, -1, 1, 3))
    def edit_standard(self, which, more):
        """The manager makes another edition; what promises were made by is not edited."""
        case = self.open_case(which)
        lines = case.deadline_ids.standard_line_id.filtered(lambda row: row.kind in EDITED)
        line = self.own("manager", self.pick(lines, which))
        if which % 4:
            edition = line.standard_id.action_new_version()["res_id"]
            kinds = {row.kind: row for row in line.standard_id.browse(edition).line_ids}
            line = kinds[line.kind]
        line.amount = max(line.amount + more, 1)

    @step(who=LEAVERS)
    def person_leaves(self, who):
        """A person leaves during work, or returns."""
        user = self.test.users[who]
        user.active = not user.active


class ChangesKept:
    """Invariants that hold in each outcome.

    ============================= ==================================================================
    method                        what it says
    ============================= ==================================================================
    always_extended_once          a limit is extended as often as the company allows, and to as many
                                  working days in all when it is extended; that of a department
                                  goes along with the customer's besides
    always_nameless               a case without a name tells nothing by which its customer is found
    always_by_calendar            a limit in working time is what its calendar now gives
    always_said_dates             a coming date that a customer is told is one that holds
    always_work_has_somebody      open work is of departments that there are, and what is asked for
                                  can be read by somebody else who decides
    ============================= ==================================================================
    """

    def always_extended_once(self):
        for clock in self.rows("deadline_ids"):
            done = clock._extensions("done").filtered(
                lambda row, clock=clock: not self.went_along(clock, row)
            )
            most = clock._case().company_id.water_extension_times
            if len(done) > most:
                yield f"{clock.case_name} {clock.kind} was extended {len(done)} times"
            latest = clock._latest_due()
            for row in clock.pause_ids & done if latest else ():
                if row not in self.granted and is_late(latest[0], row.new_due_at):
                    yield f"{clock.case_name} {clock.kind}: extended to {row.new_due_at}"

    def went_along(self, clock, extension):
        """Whether a department got it with that of the customer's limit, for which it had asked."""
        facts = ("requested_at", "requested_by_id", "reason", "amount", "unit")
        others = clock._case().deadline_ids.pause_ids - clock.pause_ids
        return clock.kind == "work" and any(
            all(row[name] == extension[name] for name in facts) for row in others
        )

    def always_nameless(self):
        for case in self.cases:
            nameless = case.is_anonymous and not case.erased_at
            names = ("partner_id", "contact_name", "account_id") if nameless else ()
            for name in names:
                if case[name]:
                    yield f"{case.name} is anonymous, and has {name}"

    def always_by_calendar(self):
        for clock in self.rows("deadline_ids"):
            runs = clock.state in ("running", "paused") and not clock.met_at
            if runs and clock.amount and clock.unit in WORKING_UNITS:
                limit = clock.started_at, clock.amount, clock.unit
                due, unknown = clock.calendar_id._water_due_at(*limit)
                if due != clock.planned_due_at:
                    words = f"planned for {clock.planned_due_at}, its calendar says {due}"
                    yield f"{clock.case_name} {clock.kind} is {words}"

    def always_said_dates(self):
        now = fields.Datetime.now()
        fresh = self.env["water.message"].search([("id", ">", self.last_message)])
        for row in fresh.filtered("body"):
            case = row._case_or_none()
            said = SAID.findall(row.body) if case is not None else ()
            if not said:
                continue
            speaks = case.with_context(lang="en_US")
            for moment in {*said} - {speaks._customer_time(day) for day in self.dates(case)}:
                yield f"{case.name} was told {moment} at {now}: {row.body}"

    def dates(self, case):
        """Dates of a case that may be told."""
        matter = case | (case._lead_case() or case) | case._merged_cases()
        clocks = matter.deadline_ids
        visits = matter.visit_ids
        moments = [case.promised_at, *clocks.mapped("due_at"), *clocks.pause_ids.mapped("until")]
        moments += [*visits.mapped("slot_from"), *visits.mapped("slot_to")]
        return [*moments, *matter.mapped("received_at"), *matter.callback_ids.mapped("wished_at")]

    def always_work_has_somebody(self):
        for case in self.cases:
            work = case._open_dispatches() | case.browse().dispatch_ids
            closed = (work.department_id | case._open_visits().department_id).filtered(
                lambda row: not row.active
            )
            if closed:
                yield f"{case.name}: work of {closed.mapped('name')}, which was closed"
        heads = [user for user in self.test.users.values() if user.has_group(SUPERVISOR)]
        for row in self.rows("deadline_ids"):
            for pause in row.pause_ids.filtered(lambda pause: pause.state == "requested"):
                others = [u for u in heads if u.active and u != pause.requested_by_id]
                reads = [u for u in others if pause.with_user(u).has_access("read")]
                if others and not reads:
                    yield f"{row.case_name} {row.kind}: nobody can decide what was asked for"


class ChangeSteps(CaseChangeSteps, HouseChangeSteps):
    """All of it."""
