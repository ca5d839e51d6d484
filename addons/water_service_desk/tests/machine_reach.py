"""Steps of reaching people: calls in vain and after all, languages, deputies, messages that another
machine sends, and members of the staff who are customers themselves.
"""

from collections import Counter
from unittest.mock import patch

from odoo import fields

from ..base.tests.common import DESK
from ..messaging.models.water_gateway import WaterGateway
from ..messaging.models.water_outbox_mixin import LEASE, WaterOutboxMixin
from .machine import Machine, some, step
from .machine_steps import EVERYBODY, desk

#: minutes between two attempts to reach a customer
WAITS = (0, 1, 20, 240)
#: Members of the staff who have water at home as well.
NEIGHBOURS = ("agent", "agent2", "department", "supervisor", "quality")
#: without a result no rating is asked for
WITHOUT_RESULT = frozenset({"withdrawn", "rejected", "merged", "converted"})


class ReachSteps(Machine):
    def __init__(self):
        super().__init__()
        self.acting, self.actors, self.own_matters = {}, set(), {}
        self.handed_over = Counter()  # key of a message → how often it went out

    def prepare(self):
        super().prepare()
        values = {"name": "短信平台", "url": "https://sms.example.com", "secret": "s3cret-token"}
        self.env["water.gateway"].search([]).active = False
        self.env["water.gateway"].create(values)

    def own(self, login, records):
        self.actors.add(self.test.users.get(login))
        return super().own(login, records)

    def before(self):
        super().before()
        self.actors = set()
        self.acting = {case: case._acting_responsible() for case in self.cases if case.acting_until}
        self.own_matters = {case: case._customer_users() for case in self.cases}
        self.last_event = self._last("water.case.event")
        self.last_notice = self._last("mail.message")

    # -- calls ---------------------------------------------------------------------------------

    def waiting(self):
        return [row for row in self.rows("callback_ids") if row.state == "open"]

    @step(
        when=lambda machine: machine.waiting(),
        weight=6,
        which=some,
        login=(*EVERYBODY, "quality"),
        minutes=WAITS,
        times=(1, 3, 3),
    )
    def call_in_vain(self, which, login, minutes, times):
        """No answer, once or until the attempts are used up."""
        call = self.own(login, self.pick(self.waiting(), which))
        for __ in range(times):
            if call.state == "open":
                call.action_no_answer()
                self.at(self.later(minutes=minutes))

    def missed(self):
        rows = self.rows("callback_ids")
        return [row for row in rows if (row.state, row.outcome) == ("done", "unreachable")]

    @step(
        when=lambda machine: machine.missed(),
        weight=6,
        which=some,
        login=(*EVERYBODY, "quality"),
        outcome=("solved", "not_solved", "refused", None),
    )
    def rings_back(self, which, login, outcome):
        """The customer calls back, and answers or hangs up before."""
        call = self.own(login, self.pick(self.missed(), which))
        may = call.can_take_up
        call.action_take_up()
        assert may, "taken up, though it was not offered"
        if outcome:
            call.write({"outcome": outcome, "score": "3"})
            call.action_done()

    # -- who and in which language ---------------------------------------------------------------

    @step(which=some, login=desk, lang=("en_US", "zh_CN", False))
    def speaks(self, which, login, lang):
        self.own(login, self.case(which)).customer_lang = lang

    @step(which=some, login=desk, who=NEIGHBOURS)
    def is_a_neighbour(self, which, login, who):
        """The customer turns out to be one of us."""
        person = self.test.users[who].partner_id
        self.own(login, self.open_case(which)).write({"partner_id": person.id})

    @step(which=some, login=("supervisor", "manager"), who=EVERYBODY, hours=some)
    def appoint_another(self, which, login, who, hours):
        case = self.own(login, self.case(which))
        case._appoint_deputy(self.test.users[who], self.later(hours=hours), "请假")

    def stood_in_for(self):
        return [case for case in self.cases if case.acting_responsible_id]

    @step(
        when=lambda machine: machine.stood_in_for(),
        weight=2,
        which=some,
        login=("supervisor", "manager", "agent"),
    )
    def end_deputy(self, which, login):
        self.own(login, self.pick(self.stood_in_for(), which)).action_end_deputy()

    # -- messages --------------------------------------------------------------------------------

    @step(weight=2, lost=(False, True), asleep=(False, False, True))
    def send_messages(self, lost, asleep):
        """Messages go out; of a machine that slept another one has taken some meanwhile."""
        claimed = WaterOutboxMixin._is_claimed

        def is_claimed(row, until):
            if lost and row.id % 2:
                row.write({"next_try_at": fields.Datetime.now() + 2 * LEASE})
            return claimed(row, until)

        def call(gateway, facts):
            if asleep:
                return ("timeout", ""), False, False, 0
            self.handed_over[facts["key"]] += 1
            return None, False, facts["key"], 0

        with (
            patch.object(WaterOutboxMixin, "_is_claimed", is_claimed),
            patch.object(WaterGateway, "_call", call),
        ):
            self.cron(f"{DESK}ir_cron_messages")


class ReachKept:
    """What holds of reaching people.

    ============================= ==================================================================
    method                        what it says
    ============================= ==================================================================
    always_asked_of_results       nobody is asked how it went of a case that has ended without a
                                  result, or that is in hand
    always_told_once              nothing goes out twice, and no customer is told the same twice in
                                  a step
    always_speaks_his_language    who has no contact hears in the language of his case
    always_relieved_hear          a deputy who acts no longer before his time was told, unless it
                                  was he who did it
    always_work_as_promised       work without a time of its own has as long as the customer is
                                  promised; a limit that is worked out anew is another one
    always_own_matter_of_others   whoever is the customer has done nothing of his case as staff, has
                                  it neither in hand nor reads it
    ============================= ==================================================================
    """

    def always_asked_of_results(self):
        for case in self.cases:
            if case._open_calls("follow_up") and (
                case.state in WITHOUT_RESULT or not case.closed_at
            ):
                yield f"{case.name} is {case.state}, its customer is asked how it went"

    def always_told_once(self):
        for key, count in self.handed_over.items():
            if count > 1:
                yield f"the message {key} went out {count} times"
        fresh = self.env["water.message"].search([("id", ">", self.last_message)])
        told = Counter()
        for row in fresh:
            case, mail = row._case_or_none(), row.mail_mail_id
            about = case.name if case is not None else f"{mail.model},{mail.res_id}"
            words = row.body or mail.body_html
            told[about, row.address, row.template_id.name, row.subject, words] += 1
        for (about, __, template, __, words), count in told.items():
            if count > 1:
                yield f"{about}: {template} was told {count} times in a step: {words}"

    def always_speaks_his_language(self):
        fresh = self.env["water.message"].search([("id", ">", self.last_message)])
        for row in fresh:
            case = row._case_or_none()
            if case and case.customer_lang and not (row.partner_id or case.partner_id):
                if row.lang != case.customer_lang and not case._additional_recipients():
                    yield f"{case.name} speaks {case.customer_lang}, was told in {row.lang}"

    def always_relieved_hear(self):
        now = fields.Datetime.now()
        notices = self.env["mail.message"].search([("id", ">", self.last_notice)])
        heard = notices.notified_partner_ids
        for case, person in self.acting.items():
            acts = case._acting_responsible()
            before_his_time = person != case.first_responsible_id and self.until(case) > now
            if before_his_time and person.active and acts != person and person not in self.actors:
                if case.state not in case._final_states and person.partner_id not in heard:
                    yield f"{case.name}: {person.login} acts no longer, and was not told"

    def until(self, case):
        """Until when a deputy should have acted."""
        rows = case.event_ids.filtered(lambda row: row.kind == "deputy_appointed").sorted("id")
        mine = (
            rows.filtered(lambda row: (row.payload or {}).get("to") == self.acting[case].id) or rows
        )
        return fields.Datetime.to_datetime(mine[-1:].payload["until"].replace("T", " ")[:19])

    def always_work_as_promised(self):
        now = fields.Datetime.now()
        for case in self.cases:
            latest = case._promised_ahead()
            still = "paused" in case._open_clocks().mapped("state")
            for clock in case.deadline_ids.sudo().filtered("by_promise"):
                if latest and not still and clock.state == "running" and clock.due_at > now:
                    if clock.due_at != latest:
                        words = f"work until {clock.due_at}, promised for {latest}"
                        yield f"{case.name}: {words}"
            for event in case.event_ids.filtered(lambda row: row.kind == "clock_replanned"):
                facts = event.payload or {}
                if event.id <= self.last_event or facts.get("clock") != "work":
                    continue
                if facts["old"] == facts["new"]:
                    yield f"{case.name}: {facts} moves nothing"

    def always_own_matter_of_others(self):
        for case, people in self.own_matters.items():
            now = case._customer_users()
            for person in people & now:
                hands = case.user_id | (
                    case._acting_responsible() if case.acting_until else now[:0]
                )
                if person in hands and case.state not in case._final_states:
                    yield f"{case.name} is the matter of {person.login}, who has it"
                if case.with_user(person).has_access("read"):
                    yield f"{case.name} is the matter of {person.login}, who reads it"
                done = case.event_ids.filtered(
                    lambda row, he=person: row.id > self.last_event and row.user_id == he
                )
                if done:
                    yield f"{case.name}: its customer {person.login} did {done.mapped('kind')}"
