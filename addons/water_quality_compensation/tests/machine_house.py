"""The machine that drives complaints with everything that can befall them."""

from odoo.addons.water_complaints.incident.models.water_incident_cases import REPAIR
from odoo.addons.water_complaints.incident.models.water_incident_news import NEWS
from odoo.addons.water_complaints.settlement.models.water_resolution_action import TYPE as PLAN
from odoo.addons.water_service_desk.base.todos import open_todos
from odoo.addons.water_service_desk.tests.machine import Idle, some, step
from odoo.addons.water_service_desk.tests.machine_desk import (
    DeskMachine,
    InquirySteps,
    RequestSteps,
)

from .machine_appeal import AppealSteps
from .machine_complaint import ComplaintDoors, ComplaintSteps
from .machine_incident import IncidentSteps
from .machine_money import MoneySteps
from .machine_turns import TurnSteps

DECIDED = ("approved", "refused")
#: records of a complaint that are closed to the person concerned
CLOSED = (
    *("deadline_ids", "event_ids", "dispatch_ids", "callback_ids", "visit_ids", "notice_ids"),
    *("appeal_ids", "compensation_ids", "plan_action_ids", "review_ids", "message_ids"),
)
#: records after the archiving, sealed as a further volume
LATER = ("compensation", "paid", "clock_", "breach_", "external_judged", "archive", "sealed")


class HouseKept:
    """What holds besides of complaints, incidents, appeals and money.

    ============================= ==================================================================
    method                        what it says
    ============================= ==================================================================
    always_told_complaints        a confirmed or filed complaint was told: by a notice, or by the
                                  news of the incident that it ended with
    always_appeal_is_waited_for   while an appeal inside the house is open, nothing is confirmed,
                                  filed or asked about
    always_no_own_appeal          nobody reviews, votes on or decides an appeal of a matter in which
                                  he had a part; nor twice in a matter
    always_no_own_money           who wrote or proposed a compensation, or had the case in hand, has
                                  not approved it; nobody twice in a round
    always_money_adds_up          what is owed is paid, open or refused; what was booked is what was
                                  approved; what is not approved is in no posted entry
    always_rates_add_up           counted, left out and all complaints add up; who is left out by an
                                  appeal is counted nowhere
    always_finding_in_force       the finding in force is that of the last appeal that corrects it
    always_appeals_whole          the chains of appeals are whole, and each open one has its clock
    always_sealed_stays           to the chain of a filed complaint come money and breaches alone;
                                  it waits to be sealed as a further volume then, or is
    always_incident_cases         what has ended with an incident waits for nobody
    always_accused_read_nothing   whoever is complained of reads nothing of the complaint, nor do
                                  the people of its unit where it is confidential
    always_todos_end              nobody has to tell news, or to look after a repair, of an incident
                                  that is over, nor to do what a plan says of a complaint that is
    always_silence_is_named       who has not answered is told that his complaint is closed without
                                  his answer, and nobody else; nobody is asked for one meanwhile
    ============================= ==================================================================
    """

    def prepare(self):
        super().prepare()
        if self.tally.stories % 2:  # the scheme that has rules for bills
            self.test._choose("cn_demo")
        self.first_incident = self._last("water.incident")
        self.first_money = self._last("water.compensation")
        self.sealed, self.decided, self.barred = {}, set(), {}
        self.file_complaint("agent", "bl02", who=5, hours=1)

    def new_account(self):
        self.zone = self.env["water.zone"].create({"code": "T-MA", "name": "东城片区"})
        self.test.account = self.test._account(77, zone_id=self.zone.id)
        return self.test.account

    @property
    def complaints(self):
        return [case for case in self.cases if case._name == "water.complaint"]

    def before(self):
        super().before()
        self.sealed = {c: c.event_count for c in self.complaints if c.state == "archived"}
        self.decided = {row.id for row in self.rows("appeal_ids") if row.state == "decided"}
        self.involved = {
            row: row._involved_people() for row in self.rows("appeal_ids") if row.state == "review"
        }
        self.barred = {row: row._barred() for row in self.money if row.state == "proposed"}

    def page_is_open(self, case):
        return case._name == "water.complaint" and bool(case._open_appeal())

    def page_status(self, case, title):
        return case._portal_review_title() if self.page_is_open(case) else title

    def is_open_matter(self, clock):
        if clock.appeal_id:
            return clock.appeal_id.state in ("filed", "review")
        if "review_id" in clock._fields and clock.review_id:
            return clock.review_id.state == "open"
        if clock.kind == "payment":
            return any(row.state == "approved" for row in clock._case().compensation_ids)
        return super().is_open_matter(clock)

    def outlives(self, clock):
        return bool(clock.review_id) or super().outlives(clock)

    def outlives_merging(self, clock):
        """The reason of the dissatisfaction is reviewed all the same."""
        return bool(clock.review_id) or super().outlives_merging(clock)

    def always_told_complaints(self):
        for case in self.complaints:
            if case.state in ("confirmed", "callback", "archived"):
                result = case.notice_ids.filtered(lambda row: row.kind == "result" and row.sent_at)
                news = case.event_ids.filtered(lambda row: row.kind == "incident_over")
                if not (result or news):
                    yield f"{case.name} is {case.state}, and nobody was told"
                if not case.closed_at:
                    yield f"{case.name} is {case.state} without a moment at which it was closed"

    def always_appeal_is_waited_for(self):
        for case in self.complaints:
            appeal = case._open_appeal()
            came = case in self.seen and self.seen[case] != case.state
            if appeal and came and case.state in ("confirmed", "archived"):
                yield f"{case.name} became {case.state} while {appeal.name} is open"
            if appeal and case._open_calls("follow_up"):
                yield f"{case.name}: the customer is asked how it went while {appeal.name} is open"

    def always_no_own_appeal(self):
        for row in self.rows("appeal_ids"):
            fresh = row.state == "decided" and row.id not in self.decided
            if fresh and row.level != "external" and row.decision != "not_admissible":
                wrong = row.decided_by_id & self.involved.get(row, self.env["res.users"])
                if wrong:
                    yield f"{row.name} was decided by {wrong.name}, who had a part in it"
                handlers = row.complaint_id.first_responsible_id | row.complaint_id._field_workers()
                if row.decided_by_id & handlers:
                    yield f"{row.name} was decided by {row.decided_by_id.name}, who handled it"
            judges = row.reviewer_id | row.member_ids if row.state == "review" else row.reviewer_id
            other = row.complaint_id.appeal_ids.filtered(lambda r, own=row: r.id < own.id)
            if row.state == "review" and judges & other.decided_by_id:
                yield f"{row.name}: {judges.mapped('name')} decide twice in a matter"

    def always_no_own_money(self):
        for row, barred in self.barred.items():
            now = row.approval_ids.filtered(
                lambda entry, own=row: (
                    entry.round == own.round
                    and entry.decision in DECIDED
                    and entry.create_date >= self.env.cr.now()
                )
            )
            if now.user_id & barred and row.state in DECIDED:
                yield f"{row.name} was decided by {(now.user_id & barred).mapped('name')}"
        for row in self.money:
            entries = row.approval_ids.filtered(
                lambda entry, own=row: entry.round == own.round and entry.decision == "approved"
            )
            if len(entries.user_id) < len(entries):
                yield f"{row.name} was approved twice by one"
            if row.state == "approved" and row.proposed_by_id & entries.user_id:
                yield f"{row.name}: proposed and approved by one"

    def always_money_adds_up(self):
        money = self.money
        paid = money.filtered(lambda row: row.payment_state == "paid")
        refused = money.filtered(lambda row: row.state in ("refused", "withdrawn"))
        waiting = money.filtered(lambda row: row.state in ("draft", "proposed", "approved")) - paid
        parts = (paid, waiting, refused)
        if sum(len(part) for part in parts) != len(money | money):
            yield f"owed {money.ids}, paid {paid.ids}, open {waiting.ids}, refused {refused.ids}"
        if abs(sum(money.mapped("amount")) - sum(sum(p.mapped("amount")) for p in parts)) > 0.001:
            yield "the amounts do not add up"
        for row in money:
            move = row.move_id
            booked = move and move.state == "posted" and not move.reversal_move_ids
            if booked and row.state in ("draft", "proposed", "refused", "withdrawn"):
                if not row.needs_reversal:  # which finance is asked for
                    yield f"{row.name} is {row.state}, and its entry is posted"
            if move and move.state != "cancel" and row.state == "approved":
                if row.currency_id.compare_amounts(move.amount_total, row.amount):
                    yield f"{row.name} is {row.amount}, its entry says {move.amount_total}"
            if row.payment_state == "paid" and row.state != "approved":
                yield f"{row.name} is paid and {row.state}"
            if row.state == "approved" and not (move or row.move_queued):
                yield f"{row.name} is approved, and nothing waits to be booked"

    def always_rates_add_up(self):
        model, domain = self.env["water.complaint"], [("id", ">", self.first["water.complaint"])]
        rows = dict(model._read_group(domain, ["counts_for_rates"], ["__count"]))
        if sum(rows.values()) != len(self.complaints):
            yield f"counted and left out: {rows}, all: {len(self.complaints)}"
        for case in self.complaints:
            out = case.is_anonymous or case.state in ("withdrawn", "merged", "rejected")
            if case.counts_for_rates != (not out and not case.leaves_figures):
                yield f"{case.name} ({case.state}) counts: {case.counts_for_rates}"
            spoken = case.appeal_ids.filtered(
                lambda row: row.state == "decided" and row._speaks_of_figures()
            ).sorted(lambda row: (row.decided_at, row.id))
            if case.leaves_figures != spoken[-1:].leaves_figures:
                yield f"{case.name} leaves the figures: {case.leaves_figures}"

    def always_finding_in_force(self):
        for case in self.complaints:
            held = case.appeal_ids.filtered(
                lambda row: row.state == "decided" and row.corrected_finding and row._holds()
            ).sorted(lambda row: (row.decided_at, row.id))
            wanted = held[-1:].corrected_finding or case.finding
            if case.finding_final != wanted:
                yield f"{case.name}: in force is {case.finding_final}, it should be {wanted}"

    def always_appeals_whole(self):
        for row in self.rows("appeal_ids"):
            if row.complaint_id in self.changed or row.state in ("filed", "review"):
                yield from row._verify_events()
            clocks = row.deadline_ids.filtered(lambda clock: clock.state == "running")
            if row.state in ("decided", "withdrawn") and clocks:
                yield f"{row.name} is {row.state}, its clock runs"
            if row.state in ("filed", "review") and row.level != "external":
                if not row._decision_clock().filtered(lambda clock: clock.state != "void"):
                    yield f"{row.name} is open without a clock"

    def always_sealed_stays(self):
        for case, count in self.sealed.items():
            kinds = case.event_ids.sorted("id").mapped("kind")[count:]
            wrong = [kind for kind in kinds if not kind.startswith(LATER)]
            if wrong:
                yield f"{case.name} is filed, and its chain grew: {wrong}"
            since = kinds[::-1].index("sealed") if "sealed" in kinds else len(kinds)
            if since and not case.seal_due_at:
                yield f"{case.name} is filed, and {kinds} wait for no further volume"
            if case.state != "archived":
                yield f"{case.name} was filed, and is {case.state}"

    def always_incident_cases(self):
        for case in self.cases:
            came = case in self.seen and self.seen[case] != case.state
            ended = "incident_over" in case.event_ids.mapped("kind")
            if came and ended and case.state in ("archived", "closed"):
                yield from (f"{case.name} ended with its incident: {t}" for t in case._who_waits())

    def always_accused_read_nothing(self):
        for case in self.changed:
            if case._name != "water.complaint":
                continue
            people = case.person_complained_id
            if case.is_confidential:
                people |= case.department_complained_id.member_ids
            for user in people.filtered("active"):
                for name in (None, *CLOSED):
                    rows = (case[name] if name else case).with_user(user)
                    if name == "message_ids":  # the customer's own words and earlier notices
                        mine = user.partner_id
                        rows = rows.filtered(
                            lambda row, mine=mine: (
                                mine not in row.sudo().author_id | row.sudo().notified_partner_ids
                            )
                        )
                    if rows._filtered_access("read"):
                        yield f"{case.name}: {user.login} reads {name or 'the case'}"

    def always_todos_end(self):
        yield from super().always_todos_end()
        for incident in self.incidents("restored", "closed", "dismissed"):
            for todo in open_todos(incident, NEWS, REPAIR):
                yield f"{incident.name} is {incident.state}, and asked is: {todo.summary}"
        for case in self.complaints:
            for todo in open_todos(case, PLAN):
                lines = case.plan_action_ids.filtered(lambda row: row._is_waiting())
                if todo.summary not in lines.mapped("name") or case.state in case._final_states:
                    yield f"{case.name} is {case.state}, and asked is: {todo.summary}"

    def always_silence_is_named(self):
        names = ("unanswered", "ask_again")
        unanswered, ask_again = (
            self.env.ref(f"water_complaints.mail_template_{name}") for name in names
        )
        for row in self.env["water.message"].search([("id", ">", self.last_message)]):
            case, template = row.complaint_id, row.template_id
            silent = case.confirm_mode == "unanswered"
            if template and template == case.stage_id.mail_template_id and silent:
                yield f"{case.name}: thanked for an answer that he has not given"
            if template == unanswered and not silent:
                yield f"{case.name}: closed by {case.confirm_mode}, as told without an answer"
            if template == ask_again and (case.state != "notified" or case._open_appeal()):
                yield f"{case.name} is {case.state}, its customer is asked to confirm"


class HousePushes(
    AppealSteps, TurnSteps, MoneySteps, IncidentSteps, ComplaintDoors, ComplaintSteps, DeskMachine
):
    """The ordinary next thing of appeals, money and incidents, besides that of cases."""

    @step(weight=26, which=some)
    def push(self, which):
        pushes = (self.push_appeal, self.push_money, self.push_incident)
        try:
            pushes[which % 3](which)
        except Idle:
            super().push(which)

    def push_appeal(self, which):
        """Reviewed by an uninvolved person chosen by a head of the desk; and again."""
        try:
            appeal = self.appeal(which, "filed", "review")
        except Idle:
            if self.rows("appeal_ids"):  # once more, with new records
                self.also("file_appeal", which, "agent", 1)
                return
            raise
        if appeal.level == "external":
            self.own("supervisor", appeal)._state("情况说明")
            self.count_as("state_appeal")
            self.also("decide_appeal", which, "rejected", "manager2", which)
        elif appeal.needs_admission and not appeal.admitted_at:
            self.also("admit_appeal", which, "manager2")
        elif appeal.state == "filed":
            chair = "chair" if appeal.level == "2" else "senior"
            self.also("accept_appeal", which, "manager2", chair)
        else:
            how = ("upheld", "rejected", "partly")[which % 7 % 3]
            self.also("decide_appeal", which, how, "chair", 1)

    def push_money(self, which):
        row = self.owed(which, "draft", "proposed", "approved")
        if row.state == "draft":
            self.own("agent", row).action_propose()
        elif row.state == "proposed":
            self.own(("supervisor2", "manager2", "manager")[which % 5 % 3], row).action_approve()
        elif row.payment_state == "draft":
            self.test._post(row)
        elif row.payment_state == "posted":
            self.test._pay(row)
        else:
            self.cron("water_compensation.ir_cron_compensation_entries")
            raise Idle

    def push_incident(self, which):
        incident = self.incident(which, "proposed", "open", "restored")
        work = self.own("supervisor", incident)
        if incident.state == "proposed":
            self.also("start_incident", which, "supervisor")
        elif incident.state == "restored":
            self.cron("water_complaints.ir_cron_incidents")
            self.also("close_incident", which, "supervisor")
        elif which % 2 and incident.notice_ids:
            work._restore(self.later(), "已恢复。")
        else:
            work._announce("progress", "正在处理。")
            self.cron("water_complaints.ir_cron_incidents")


class HouseMachine(HouseKept, HousePushes):
    """Complaints, with inquiries and requests beside them."""

    models = ("water.complaint", "water.inquiry", "water.request")
    #: the desk's own types are driven by the machine of the desk
    weights = {
        **{name: 0 for part in (InquirySteps, RequestSteps) for name in vars(part)},
        **{"file_inquiry": 1, "file_request": 1, "file_on_page": 1, "file_by_interface": 1},
        **{"caller": 1, "open_incident": 1, "end": 1, "time_passes": 3},
        "ask_signature": 0,  # answers of those types; the letters of complaints have a step here
    }
    crons = (
        *DeskMachine.crons,
        "water_complaints.ir_cron_confirm",
        "water_complaints.ir_cron_confirm",
        "water_complaints.ir_cron_archive",
        "water_complaints.ir_cron_plan_actions",
        "water_quality.ir_cron_false_completions",
    )
