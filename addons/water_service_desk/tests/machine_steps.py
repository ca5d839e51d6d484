"""Steps that every type of case knows: dispatch, clocks, visits, calls, orders, time."""

from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.tools.safe_eval import safe_eval

from ..base.tests.common import DESK
from ..clock.models import water_deadline_escalating
from .machine import Idle, Machine, some, step

DESKS = ("agent", "agent2", "supervisor", "manager")
EVERYBODY = (*DESKS, "department", "department2", "quality")
desk = DESKS
anybody = EVERYBODY
#: Minutes that pass between two steps: mostly few, sometimes weeks.
SPANS = (1, 7, 20, 61, 125, 240, 480, 1440, 1440, 2880, 4320, 10080, 43200)


class TimeSteps(Machine):
    """The clock on the wall, and what the scheduler does."""

    #: scheduled actions besides the sweep
    crons = (
        f"{DESK}ir_cron_deputies",
        f"{DESK}ir_cron_ladder",
        f"{DESK}ir_cron_messages",
        f"{DESK}ir_cron_holidays",
        f"{DESK}ir_cron_recount",
    )

    @step(weight=2, minutes=SPANS)
    def time_passes(self, minutes):
        self.at(self.later(minutes=minutes))

    @step(weight=2, minutes=SPANS, stops=(False, True))
    def sweep(self, minutes, stops):
        """The sweep runs after a while; stopped after one clock, it goes on at its next start."""
        self.at(self.later(minutes=minutes))
        if stops:
            with (
                patch.object(water_deadline_escalating, "SWEEP_BATCH", 1),
                patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 0),
            ):
                self.env["water.deadline"]._cron_sweep()
        self.cron(f"{DESK}ir_cron_sweep")

    @step(which=some)
    def night_run(self, which):
        self.cron(self.pick(self.crons, which))

    def before(self):
        super().before()
        self.swept = fields.Datetime.now()


class WorkSteps(Machine):
    """Dispatches, people, clocks that are moved."""

    @step(weight=2, which=some, login=desk, lab=(False, True), helped=(False, True), days=some)
    def dispatch(self, which, login, lab, helped, days):
        case = self.case(which)
        departments = [self.test.net, self.test.lab]
        lead, other = departments[lab], departments[not lab]
        due = self.later(hours=days) if days % 5 == 1 else None
        work = self.own(login, case)
        self.make_ready(work)
        work._dispatch(lead, other if helped else None, "去看看", due)

    def make_ready(self, work):
        """Hook: steps before a case is sent to departments."""

    def worker(self, department, case=None):
        """Login of a member of a department who has not had ``case``."""
        logins = {self.test.lab: "department2", self.test.net: "department"}
        login = logins.get(department, "supervisor")
        barred = case._barred_handlers() if case else ()
        return "again" if self.test.users[login] in barred else login

    @step(
        weight=5,
        which=some,
        how=("accept", "accept", "reject", "arrived", "finish"),
    )
    def answer_dispatch(self, which, how):
        fit = {"accept": ("sent",), "reject": ("sent", "accepted")}.get(how, ("accepted",))
        found = [row for row in self.rows("dispatch_ids") if row.state in fit]
        row = self.pick(found, which)
        work = self.own(self.worker(row.department_id, row._case()), row)
        if how == "reject":
            work._reject("不属我部门", owner=self.test.lab if which % 2 else None)
            return
        if how == "finish":
            work.result = work.result or "已处理"
        getattr(work, f"action_{how}")()

    @step(which=some, login=desk, to=EVERYBODY)
    def hand_over(self, which, login, to):
        self.own(login, self.case(which))._hand_over(self.test.users[to], "换人处理")

    @step(which=some, login=desk)
    def take_case(self, which, login):
        self.own(login, self.case(which)).action_take()

    @step(which=some, login=("supervisor", "manager", "agent"), hours=some)
    def appoint_deputy(self, which, login, hours):
        case = self.own(login, self.case(which))
        case._appoint_deputy(self.test.users["agent2"], self.later(hours=hours), "请假")

    @step(which=some, login=anybody)
    def contact(self, which, login):
        self.own(login, self.case(which))._log_contact("电话联系")

    @step(which=some, login=desk, hours=some)
    def promise(self, which, login, hours):
        kind = ("result", "contact", "visit", "other")[hours % 4]
        self.own(login, self.case(which))._promise("答应的事", self.later(hours=hours), kind)

    @step(which=some, login=desk)
    def keep_promise(self, which, login):
        clocks = [row for row in self.rows("deadline_ids") if row.kind == "promise"]
        self.own(login, self.pick(clocks, which)).action_promise_kept()

    @step(weight=4, which=some, login=anybody, hours=some, longer=(False, True))
    def ask_pause(self, which, login, hours, longer):
        clocks = [row for row in self.rows("deadline_ids") if row.state == "running"]
        clock = self.own(login, self.pick(clocks, which))
        if longer:
            clock._request_extension("等配件", hours % 5, "working_day")
        else:
            clock._request_pause("等客户", self.later(hours=hours * 3))

    def asked_pauses(self):
        pauses = [row.pause_ids[-1:] for row in self.rows("deadline_ids") if row.pause_ids]
        return [row for row in pauses if row.state in ("requested", "running")]

    @step(
        when=lambda machine: machine.asked_pauses(),
        weight=12,
        which=some,
        login=("supervisor", "manager", "agent", "department"),
        how=("approve", "approve", "refuse", "end"),
    )
    def answer_pause(self, which, login, how):
        pause = self.pick(self.asked_pauses(), which)
        getattr(self.own(login, pause), f"action_{how}")()

    @step(which=some, login=("supervisor", "manager", "agent"))
    def replan(self, which, login):
        self.own(login, self.case(which))._replan_clocks("标准变了")

    @step(which=some, login=anybody, severity=("normal", "urgent", "emergency"))
    def retriage(self, which, login, severity):
        self.own(login, self.case(which))._retriage({"severity": severity}, "重新判断")

    @step(which=some, login=anybody, reason=some)
    def explain_breach(self, which, login, reason):
        late = [row for row in self.rows("deadline_ids") if row.state == "breached"]
        clock = self.own(login, self.pick(late, which))
        kinds = [key for key, __ in clock._fields["breach_reason"].selection]
        proof = clock.env["ir.attachment"].create({"name": "p.txt", "raw": b"x"})
        clock._explain_breach(kinds[reason % len(kinds)], "说明", proof)

    def excuses(self):
        return [row for row in self.rows("deadline_ids") if row.excuse_state == "asked"]

    @step(
        when=lambda machine: machine.excuses(),
        weight=4,
        which=some,
        login=("quality", "manager", "supervisor", "department"),
        granted=(False, True),
    )
    def decide_excuse(self, which, login, granted):
        clock = self.own(login, self.pick(self.excuses(), which))
        clock.action_excuse() if granted else clock._refuse("不成立")


class PeopleSteps(Machine):
    """Visits and calls."""

    @step(which=some, login=anybody, hours=some, lab=(False, True))
    def plan_visit(self, which, login, hours, lab):
        begin = self.later(hours=hours)
        department = self.test.lab if lab else self.test.net
        case = self.own(login, self.case(which))
        case._plan_visit(department, begin, begin + timedelta(hours=2))

    @step(
        weight=3,
        which=some,
        desk=(False, True),
        how=("confirm", "move", "cancel", "arrive", "arrive", "finish", "finish"),
    )
    def answer_visit(self, which, desk, how):
        visit = self.pick([row for row in self.rows("visit_ids") if row._is_open()], which)
        work = self.own("agent" if desk else self.worker(visit.department_id), visit)
        if how == "move":
            begin = self.later(hours=which)
            work._reschedule(begin, begin + timedelta(hours=2), "改期", "company")
        elif how == "cancel":
            work._check_turn("planned", "confirmed", desk=True)  # as the dialog does
            work._cancel("客户不在", "customer")
        else:
            if how == "finish":
                outcomes = [key for key, __ in visit._fields["outcome"].selection]
                work.write({"outcome": outcomes[which % len(outcomes)], "result": "看过了"})
            getattr(work, f"action_{how}")()

    @step(which=some, login=desk, hours=some)
    def ask_for_call(self, which, login, hours):
        self.own(login, self.case(which))._request_callback(self.later(hours=hours), "想问一下")

    @step(
        weight=4,
        which=some,
        login=(*EVERYBODY, "quality", "quality"),
        outcome=("solved", "solved", "not_solved", "refused", "unreachable"),
        score=("5", "3", "1"),
    )
    def make_call(self, which, login, outcome, score):
        row = self.pick([row for row in self.rows("callback_ids") if row.state == "open"], which)
        call = self.own(login, row)
        if outcome == "unreachable":
            call.action_no_answer() if which % 2 else call.action_busy()
            return
        call.action_start()
        call.write({"outcome": outcome, "score": score})
        call.action_done()

    @step(which=some, login=anybody)
    def cancel_call(self, which, login):
        row = self.pick([row for row in self.rows("callback_ids") if row.state == "open"], which)
        self.own(login, row).action_cancel()


class OrderSteps(Machine):
    """Orders of 12345 and other bodies."""

    def order(self, which, *states):
        orders = [case for case in self.cases if case.external_state in states]
        return self.pick(orders, which)

    @step(weight=2, which=some, login=desk)
    def answer_order(self, which, login):
        self.own(login, self.order(which, "open"))._answer_order("已办理")

    @step(weight=2, which=some, login=("supervisor", "manager", "supervisor", "agent"))
    def return_order(self, which, login):
        order = self.own(login, self.order(which, "open"))
        order._return_order("不属供水", "《城市供水条例》", "住建局")

    @step(weight=2, which=some, login=desk, hours=some)
    def order_again(self, which, login, hours):
        due = self.later(hours=hours) if hours % 2 else None
        self.own(login, self.order(which, "answered", "returned"))._rehandle_order("未解决", due)

    @step(which=some, login=desk, good=("yes", "no"))
    def judge_order(self, which, login, good):
        order = self.own(login, self.order(which, "open", "answered"))
        order._keep_verdict("yes", good, good, "回访", fields.Date.context_today(order))

    @step(which=some, login=("supervisor", "manager", "agent"), hours=some)
    def hasten_order(self, which, login, hours):
        """The body wants it earlier."""
        order = self.own(login, self.order(which, "open"))
        now = fields.Datetime.now()
        left = (order.external_due_at or self.later(hours=hours)) - now
        if left <= timedelta(0):
            raise Idle
        order.external_due_at = now + timedelta(seconds=left // timedelta(seconds=1) * hours // 100)

    @step(which=some, login=("supervisor", "manager", "agent"), days=some)
    def extend_order(self, which, login, days):
        order = self.own(login, self.order(which, "open"))
        due = (order.external_due_at or self.later()) + timedelta(days=days % 9 - 1)
        order._extend_order(due, fields.Date.context_today(order), "延〔2026〕1号")


class PageSteps(Machine):
    """The customer's acts on the page, and visible buttons."""

    @step(weight=4, which=some, action=some)
    def customer_acts(self, which, action):
        """The customer uses an offered action, which must be possible."""
        mine = []
        for case in self.cases:
            login = {self.test.customer: "portal1", self.test.customer2: "portal2"}
            if login.get(case.partner_id):
                found = case.with_user(self.test.users[login[case.partner_id]])
                mine.append(found._portal_find(case.id))
        case = self.pick(mine, which)
        offered = [name for name in sorted(case._portal_actions()) if case._portal_permits(name)]
        name = self.pick(offered, action)
        case._portal_do(name, self.form(case, name))

    def form(self, case, action):
        """The customer's values in the form of an action."""
        visit = case.sudo()._portal_changeable()[:1]
        windows = visit._windows() if visit else []
        wished = fields.Datetime.context_timestamp(case, self.later(hours=26))
        return {
            "body": "补充说明",
            "reason": "还没有解决",
            "remark": "还没有解决",
            "about": "想问进度",
            "wished_at": wished.replace(hour=10).strftime("%Y-%m-%dT%H:%M"),
            "visit_id": str(visit.id),
            "window": windows[0][0].isoformat() if windows else "",
            "satisfaction": "satisfied",
            "result": str(1 + self.count % 5),
            "process": "4",
            "appeal_reason": "水量仍按估数",
        }

    @step(weight=2, which=some, login=anybody, button=some)
    def press(self, which, login, button):
        """A user presses a visible button; most open a dialog."""
        case = self.own(login, self.case(which))
        if not case.has_access("read"):
            raise Idle
        name = self.pick(self.buttons(case), button)
        getattr(case, name)()

    def buttons(self, case):
        """Names of the methods of the buttons at the head of the form, as they are shown."""
        arch = etree.fromstring(case.get_view(view_type="form")["arch"])
        shown = []
        steps = "//header//button[@type='object'] | //div[@name='next']/button[@type='object']"
        for node in arch.xpath(steps):
            hidden = [part.get("invisible") for part in (node, *node.iterancestors())]
            if not any(self.holds(case, words) for words in hidden if words):
                shown.append(node.get("name"))
        return sorted(set(shown))

    def holds(self, case, words):
        """Whether the condition of a view is true of ``case``, as the web client asks it."""
        names = compile(words, "view", "eval").co_names
        values = {name: case[name] for name in names if name in case._fields}
        plain = {
            name: value.ids if case._fields[name].type.endswith("2many") else value.id
            for name, value in values.items()
            if case._fields[name].relational
        }
        return bool(safe_eval(words, {**values, **plain}))
