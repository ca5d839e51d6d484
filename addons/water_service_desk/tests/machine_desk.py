"""Steps of inquiries and requests, and the machine that drives both."""

from ..base.tests.common import DESK
from .machine import Idle, Machine, some, step
from .machine_changes import ChangesKept, ChangeSteps
from .machine_kept import CasesKept
from .machine_matters import KeepOpenSteps, MattersKept, MatterSteps
from .machine_reach import ReachKept, ReachSteps
from .machine_rules import RulesKept, RuleSteps
from .machine_steps import (
    OrderSteps,
    PageSteps,
    PeopleSteps,
    TimeSteps,
    WorkSteps,
    anybody,
    desk,
)

#: Cases of one story.
MANY = 5


def few(machine):
    """Whether there is room for another case."""
    return len(machine.cases) < MANY


class DeskDoors(Machine):
    """Doors through which inquiries and requests come."""

    def order_values(self, hours):
        """Values of an external order: number and limit."""
        number = f"GD-{len(self.log)}"
        limit = {"external_due_at": self.later(hours=hours)} if hours else {}
        return {"external_ref": number, "external_source": "12345"} | limit

    @step(when=few, weight=2, login=desk, other=(False, True), hours=some, severity=some)
    def file_inquiry(self, login, other, hours, severity):
        customer = self.test.customer2 if other else self.test.customer
        code = ("gn", "wq", "gn", "bl")[severity % 4]
        values = {"partner_id": customer.id, "category_id": self.test._category(code).id}
        if hours % 3 == 0:
            values |= self.order_values(hours)
        rows = self.own(login, self.env["water.inquiry"])
        rows.create(self.test._inquiry_values(**values))

    @step(when=few, weight=2, login=desk, repair=(False, True), code=some, hours=some)
    def file_request(self, login, repair, code, hours):
        codes = ("lk03", "lk01", "ot03") if repair else ("nc01", "nc01")
        values = {"category_id": self.test._category(codes[code % len(codes)]).id}
        values |= {"email_from": "wang@example.com"} if code % 2 else {}
        if hours % 5 == 0:
            values |= self.order_values(hours)
        rows = self.own(login, self.env["water.request"])
        rows.create(self.test._request_values(**values))

    @step(when=few, weight=2, kind=("water.inquiry", "water.request"))
    def file_on_page(self, kind):
        cases = self.env[kind].with_user(self.test.users["portal1"])
        words = {
            "subject": "阶梯水价怎么算",
            "description": "我家这个月水费多了很多, 想知道怎么算的。",
            "address": "东城路8号",
            "category_id": str(self.test._category("gn" if kind == "water.inquiry" else "lk03").id),
            "phone": "13812345678",
            "submission_key": f"key{len(self.log)}",
        }
        cases._portal_submit(words)

    @step(when=few, weight=2, hours=some)
    def file_by_interface(self, hours):
        row = {"description": "夜里没水", "external_ref": f"API-{len(self.log)}"}
        if hours % 2:
            row["external_due_at"] = f"{self.later(hours=hours).isoformat()}Z"
        answer = self.own("agent", self.env["water.inquiry"]).import_orders([row])
        if answer[0]["result"] != "created":
            raise Idle


class InquirySteps(Machine):
    def inquiry(self, which, *states):
        return self.case(which, "water.inquiry", *states)

    @step(which=some, login=desk)
    def process_inquiry(self, which, login):
        self.own(login, self.inquiry(which, "registered")).action_process()

    @step(weight=3, which=some, login=anybody, at_once=(False, True))
    def answer_inquiry(self, which, login, at_once):
        case = self.own(login, self.inquiry(which, "registered", "processing"))
        case.answer = case.answer or "第二阶梯从每年216立方米开始。"
        case.action_answer_and_close() if at_once else case.action_answer()

    @step(weight=3, which=some, login=desk, politely=(False, True))
    def close_inquiry(self, which, login, politely):
        case = self.own(login, self.inquiry(which, "answered"))
        case._close_politely() if politely else case.action_close()

    @step(which=some, login=desk)
    def withdraw_inquiry(self, which, login):
        self.own(login, self.inquiry(which, "registered", "processing")).action_withdraw()

    @step(which=some, login=anybody)
    def reopen_inquiry(self, which, login):
        self.own(login, self.inquiry(which, "answered", "closed")).action_reopen()


class RequestSteps(Machine):
    def request(self, which, *states):
        return self.case(which, "water.request", *states)

    @step(weight=3, which=some, login=desk)
    def hand_out_notice(self, which, login):
        self.own(login, self.request(which, "registered")).action_issue_notice()

    @step(weight=3, which=some, login=desk, missing=some)
    def check_materials(self, which, login, missing):
        case = self.request(which, "registered", "notified")
        rows = self.own(login, case.material_ids)
        if not rows:
            raise Idle
        rows._mark("correct")
        if missing % 4 == 0:
            rows[0]._mark("missing")

    @step(weight=3, which=some, login=desk, looks=(True, True, False))
    def accept_request(self, which, login, looks):
        case = self.request(which, "registered", "notified")
        case = self.own(login, self.pick([case] if case.material_ids else [], 0))
        if looks:  # the accepting user has checked the documents
            case.material_ids._mark("correct")
        case.action_accept()

    @step(weight=3, which=some, login=desk)
    def process_request(self, which, login):
        self.own(login, self.request(which, "registered", "accepted")).action_process()

    @step(weight=3, which=some, login=anybody)
    def finish_request(self, which, login):
        case = self.own(login, self.request(which, "processing"))
        case.result = case.result or "已更换表前阀，复核不漏。"
        case.action_finish()

    @step(
        weight=3,
        which=some,
        login=desk,
        told=("told", "told", "no_answer", "busy"),
    )
    def tell_request(self, which, login, told):
        self.own(login, self.request(which, "feedback"))._tell_result("phone", told, "王某")

    @step(
        weight=3,
        which=some,
        login=desk,
        word=("satisfied", "dissatisfied", "refused"),
    )
    def ask_request(self, which, login, word):
        self.own(login, self.request(which, "feedback"))._ask_satisfaction(word, "太慢")

    @step(weight=3, which=some, login=desk)
    def close_request(self, which, login):
        case = self.own(login, self.request(which, "feedback"))
        if which % 4:
            case._tell_result("phone", "told", "王某")
            case._ask_satisfaction("basically")
        case._close_politely()

    @step(which=some, login=desk)
    def withdraw_request(self, which, login):
        self.own(login, self.request(which)).action_withdraw()

    @step(weight=2, which=some, login=desk)
    def reopen_request(self, which, login):
        self.own(login, self.request(which, "feedback", "closed")).action_reopen()

    @step(which=some, login=desk, kind=("delay", "refusal"), days=some)
    def ask_decision(self, which, login, kind, days):
        case = self.own(login, self.request(which))
        reason = self.env.ref(f"{DESK}reason_frost").with_env(case.env)
        case._ask_decision(kind, reason, "借用邻户临时用水", "冻土深", days % 6)

    def decisions(self, *states, kind=None):
        return [
            row
            for row in self.rows("decision_ids")
            if row.state in states and kind in (None, row.kind)
        ]

    @step(
        when=lambda machine: machine.decisions("requested"),
        weight=16,
        which=some,
        login=("supervisor", "manager", "agent"),
        granted=(False, True, True),
    )
    def decide_request(self, which, login, granted):
        row = self.own(login, self.pick(self.decisions("requested"), which))
        row.action_approve() if granted else row._refuse("不同意")

    @step(
        when=lambda machine: machine.decisions("requested", "approved", kind="refusal"),
        weight=16,
        which=some,
        login=("supervisor", "manager", "agent"),
    )
    def refuse_request(self, which, login):
        ready = self.decisions("approved", kind="refusal")
        case = self.pick(ready or self.decisions("requested", kind="refusal"), which).request_id
        self.own(login, case)._move_to("rejected")


class PushSteps(Machine):
    """The ordinary next step by the right user, so that stories get far."""

    @step(weight=16, which=some)
    def push(self, which):
        ends = ("withdrawn", "rejected", "merged", "archived", "converted")
        rows = [row for row in self.cases if row.state not in ends]
        case = self.pick(rows, which if which > 40 else 0)
        for row in self.work_of(case):
            return self.push_dispatch(row)
        for row in case._open_visits():
            return self.push_visit(row)
        kind = case._name.removeprefix("water.")
        return getattr(self, f"push_{kind}")(case, case.state)

    def work_of(self, case):
        """Dispatches that can be answered now."""
        return case._open_dispatches()

    def push_dispatch(self, row):
        work = self.own(self.worker(row.department_id, row._case()), row)
        if row.state == "sent":
            return work.action_accept()
        work.result = work.result or "已处理"
        return work.action_finish()

    def push_visit(self, visit):
        work = self.own(self.worker(visit.department_id), visit)
        if visit.state != "arrived":
            return work.action_arrive()
        work.write({"outcome": "done", "result": "看过了"})
        return work.action_finish()

    def push_call(self, case):
        """The call-back that waits is made by quality, in the hours of the company."""
        row = self.pick(case._open_calls("follow_up"), 0)
        call = self.own("quality", row)
        call.action_start()
        call.write({"outcome": "solved", "score": "5"})
        call.action_done()

    def push_inquiry(self, case, state):
        work = self.own("agent", case)
        if state == "registered" and not case.category_id:
            work.category_id = self.test._category("gn")
        if state in ("registered", "processing"):
            work.answer = work.answer or "第二阶梯从每年216立方米开始。"
            work.action_answer()
        elif state == "answered":
            self.answer_body(case)
            work._close_politely()
        else:
            self.push_call(case)

    def push_request(self, case, state):
        work = self.own("agent", case)
        if state in ("registered", "notified") and case.request_type == "business":
            work.material_ids._mark("correct")
            work.action_accept()
        elif state in ("registered", "accepted"):
            work.action_process()
        elif state == "processing":
            work.result = work.result or "已更换表前阀，复核不漏。"
            work.action_finish()
        elif state == "feedback":
            self.answer_body(case)
            work._tell_result("phone", "told", "王某")
            work._ask_satisfaction("satisfied")
            work._close_politely()
        else:
            self.push_call(case)

    def answer_body(self, case):
        for order in case | case._merged_cases():
            if order.external_state == "open":
                self.own("agent", order.with_env(self.env))._answer_order("已办理")


class DeskMachine(
    KeepOpenSteps,
    PushSteps,
    DeskDoors,
    InquirySteps,
    RequestSteps,
    WorkSteps,
    PeopleSteps,
    OrderSteps,
    PageSteps,
    MatterSteps,
    ReachSteps,
    ChangeSteps,
    RuleSteps,
    TimeSteps,
    RulesKept,
    ReachKept,
    ChangesKept,
    MattersKept,
    CasesKept,
):
    """Inquiries and requests."""
