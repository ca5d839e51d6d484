"""Steps of complaints: doors, read-back, investigation, settlement, telling, the end."""

from odoo import fields
from odoo.fields import Command

from odoo.addons.water_service_desk.tests.machine import Machine, some, step
from odoo.addons.water_service_desk.tests.machine_desk import few
from odoo.addons.water_service_desk.tests.machine_steps import desk

#: Categories of the stories: bills, water quality, outages, leaks, service, damage.
CODES = ("bl02", "bl02", "wq01", "ot02", "ot03", "ot07", "lk03", "st01", "dm01")
WORK = (*["department"] * 3, *["supervisor"] * 2, "agent", "department2")


class ComplaintDoors(Machine):
    @step(when=few, weight=3, login=desk, code=CODES, who=some, hours=some)
    def file_complaint(self, login, code, who, hours):
        values = {"category_id": self.test._category(code).id, "zone_id": self.zone.id}
        if who % 6 == 0:
            values |= {"is_anonymous": True, "partner_id": False, "demand": "查一查"}
        elif who % 3 == 0:
            values |= {"partner_id": self.test.customer2.id}
        if who % 4 == 1:
            values |= {"email_from": "li@example.com"}
        if hours % 4 == 0:
            values |= self.order_values(hours)
        if hours % 7 == 0:
            values |= {"department_complained_id": self.test.net.id}
        if hours % 11 == 0:
            values |= {"account_id": self.account.id}
        rows = self.own(login, self.env["water.complaint"])
        rows.create(self.test._complaint_values(**values))

    @step(when=few)
    def complain_on_page(self):
        cases = self.env["water.complaint"].with_user(self.test.users["portal1"])
        cases._portal_submit(
            {
                "subject": "水费不对",
                "description": "这个月水费比上个月多一倍, 水表没有人抄。",
                "demand": "重新抄表",
                "address": "东城路8号",
                "phone": "13812345678",
                "category_id": str(self.test._category("bl02").id),
                "occurred_at": "2026-03-01T10:00",
                "submission_key": f"key{len(self.log)}",
            }
        )

    @step(which=some, login=desk)
    def convert_inquiry(self, which, login):
        case = self.own(login, self.case(which, "water.inquiry"))
        values = {
            "category_id": self.test._category("bl02").id,
            "address": "东城路8号",
            "demand": "重新计费",
            "occurred_at": self.later(hours=-3),
        }
        case._convert_to_complaint(values, "客户不满意")


class ComplaintSteps(Machine):
    """From the read-back to the archive."""

    def complaint(self, which, *states):
        return self.case(which, "water.complaint", *states)

    def make_ready(self, work):
        super().make_ready(work)
        if work._name == "water.complaint" and work.state == "registered":
            if work._need_readback():
                work._confirm_readback()

    @step(which=some, login=desk)
    def read_back(self, which, login):
        self.own(login, self.complaint(which, "registered"))._confirm_readback()

    @step(which=some, login=desk)
    def handle_oneself(self, which, login):
        self.own(login, self.complaint(which, "registered")).action_handle()

    @step(weight=3, which=some, login=WORK, finding=("upheld", "partly", "not_upheld"))
    def conclude(self, which, login, finding):
        case = self.complaint(which, "investigating", "handling")
        liable = "customer" if finding == "not_upheld" else "company"
        self.test._conclude(self.own(login, case), finding=finding, liability=liable)
        verdicts = {"not_upheld": "rejected", "partly": "partly"}
        self.test._judge(self.own(login, case), verdicts.get(finding, "supported"))

    @step(weight=3, which=some, login=("quality", "quality", "supervisor2", "agent"))
    def review(self, which, login):
        self.own(login, self.complaint(which, "investigating")).action_review()

    @step(weight=2, which=some, login=WORK)
    def verify(self, which, login):
        self.own(login, self.complaint(which, "investigating")).action_verify()

    @step(which=some, login=WORK, days=some)
    def plan(self, which, login, days):
        case = self.own(login, self.complaint(which, "investigating", "handling"))
        measure = {
            "name": "换表",
            "user_id": self.test.users[login].id,
            "due_on": fields.Date.add(fields.Date.context_today(case), days=days % 9),
        }
        rows = case.env["water.resolution"]
        values = {"text": "换表并退费", "action_ids": [Command.create(measure)]}
        rows.create({"complaint_id": case.id, **values}).action_propose()

    @step(which=some, login=WORK)
    def measure_done(self, which, login):
        rows = [row for row in self.rows("plan_action_ids") if not row.done_at]
        self.own(login, self.pick(rows, which)).action_done("已换表")

    @step(which=some, login=desk, answer=("accepted", "rejected", "counter"))
    def negotiate(self, which, login, answer):
        case = self.own(login, self.complaint(which, "investigating", "handling"))
        plan = case.resolution_ids.filtered(lambda row: row.state == "proposed")[:1]
        tomorrow = fields.Date.add(fields.Date.context_today(case), days=1)
        case.env["water.negotiation"].create(
            {
                "complaint_id": case.id,
                "offer": "换表并退费",
                "answer": answer,
                "resolution_id": plan.id,
                "settlement": "换表",
                "customer_view": "不够",
                "counter_offer": "赔500",
                "next_step": "再谈",
                "next_on": tomorrow,
            }
        )

    @step(weight=3, which=some, login=desk, mode=("oral", "written"), kind=some)
    def tell(self, which, login, mode, kind):
        case = self.own(login, self.complaint(which))
        kinds = {0: "delay", 1: "acceptance"}
        values = self.test._notice_values(mode=mode, kind=kinds.get(kind % 9, "result"))
        case.env["water.notice"]._send(case, values)
        if values["kind"] == "result":
            case._move_to("notified")

    def is_unsigned(self, case):
        """Whether its result waits for the request of a superior's signature."""
        if case._name != "water.complaint" or case.state != "handling":
            return False
        letter = ("letter", *self.result_letter())
        return bool(case._need_signature(*letter)) and not case._waiting_signature(*letter)

    def result_letter(self):
        values = self.test._notice_values()
        return values["body"], values["subject"]

    def unsigned(self):
        return [case for case in self.cases if self.is_unsigned(case)]

    @step(when=lambda machine: machine.unsigned(), weight=3, which=some, login=desk)
    def ask_letter_signature(self, which, login):
        self.ask_letter(login, self.pick(self.unsigned(), which))

    def ask_letter(self, login, case):
        rows = self.own(login, self.env["water.sign.off"])
        rows._ask(self.own(login, case), "letter", *self.result_letter())

    @step(weight=2, which=some, login=desk, score=("5", "4", "1"))
    def confirm(self, which, login, score):
        self.own(login, self.complaint(which, "notified"))._confirm_result("oral", score, "4", "好")

    @step(which=some, login=desk)
    def contest(self, which, login):
        self.own(login, self.complaint(which, "notified"))._contest_result("没有解决")

    @step(
        weight=2,
        which=some,
        login=("supervisor2", "manager2", "agent"),
        how=("rehandled", "explained", "appeal"),
    )
    def settle_review(self, which, login, how):
        rows = [row for row in self.rows("review_ids") if row.state == "open"]
        self.own(login, self.pick(rows, which))._settle(how, "看过了")

    @step(weight=2, which=some, login=("quality", "quality", "agent"))
    def archive(self, which, login):
        self.own(login, self.complaint(which, "confirmed", "callback")).action_archive_case()

    @step(which=some, login=desk, state=("withdrawn", "rejected"))
    def end(self, which, login, state):
        case = self.own(login, self.complaint(which))
        if state == "rejected" and which % 2:
            case.env["water.notice"]._send(case, self.test._notice_values(kind="refusal"))
        case.write({"state": state, "end_reason": "客户要求"})

    @step(which=some, login=desk, up=("supervisor", "vice_president"))
    def escalate(self, which, login, up):
        case = self.own(login, self.complaint(which))
        case._escalate_to(up, "客户要求", self.test.users["manager"])

    def work_of(self, case):
        """The department that leads concludes before it reports its work as done."""
        rows = super().work_of(case)
        if case._name != "water.complaint" or case.state != "investigating" or not rows:
            return rows
        return rows.filtered(lambda row: row.state == "sent") or (
            rows if not case._need_finding() and not case._need_review() else rows.browse()
        )

    def push_complaint(self, case, state):
        """The ordinary next thing of a complaint."""
        lead = self.test._lead(case).department_id
        work, worker = self.own("agent", case), self.own(self.worker(lead, case), case)
        quality = self.own("quality", case)
        if state == "registered":
            if case._need_readback():
                work._confirm_readback()
            helps = self.own("supervisor", case) if case.rejection_count else work
            helps._dispatch(self.test.net)
        elif state == "investigating":
            self.push_verify(case, worker if case._open_dispatches() else work)
        elif state == "handling" and case.handling_round > 1 and not case.resolution:
            work.resolution = "已再次处理"
        elif state == "handling":
            work.resolution = work.resolution or "已更正账单"
            for row in case.plan_action_ids.filtered(lambda row: row._is_waiting()):
                self.own("supervisor", row).action_done("已做")
                self.count_as("measure_done")
            if self.is_unsigned(case):
                self.ask_letter("agent", case)
            else:
                self.test._notify(case)
        elif state == "notified":
            work._confirm_result("oral", "5", "4", "满意")
        elif state == "confirmed" and case._open_calls("follow_up"):
            self.push_call(case)
        else:
            self.answer_body(case)
            quality.action_archive_case()

    def push_verify(self, case, work):
        if case._need_finding():
            self.test._conclude(work)
        if case._need_review():
            self.own("quality", case).action_review()
        if not case._open_dispatches():
            work.action_verify()
