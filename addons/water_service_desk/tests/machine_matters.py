"""Steps in which two cases meet, and those that keep one open: splits, repeats, links, signatures,
playbooks, news, many at once.
"""

from contextlib import suppress

from odoo import fields
from odoo.fields import Command

from ..base.tests.common import DESK
from ..case.models.water_case_triage import RANK
from .machine import Idle, Machine, some, step
from .machine_steps import anybody, desk


class MatterSteps(Machine):
    """Two matters in one case, and one matter in two."""

    def pair(self, which, other, *states):
        """Two cases of a kind, the later and the earlier one."""
        later = self.case(which, None, *states)
        rows = [case for case in self.cases if case._name == later._name and case != later]
        return later, self.pick(rows, other)

    @step(which=some, login=desk, where=("here", "there", "both"), stranger=(False, True))
    def split(self, which, login, where, stranger):
        case = self.own(login, self.case(which))
        values = {
            "subject": "另一件事",
            "description": "另一件事",
            "category_id": case.category_id.id,
        }
        if stranger:
            values |= {"partner_id": self.test.customer2.id, "account_id": False}
        shares = {
            "words": [],
            "messages": [],
            "files": dict.fromkeys(case._own_files().ids, where),
        }
        case._split(values, shares, "两件事")

    @step(which=some, other=some, login=desk)
    def link_repeat(self, which, other, login):
        later, earlier = self.pair(which, other)
        self.own(login, later)._link_repeat(earlier, "同一事项")

    def repeats(self):
        return [case for case in self.cases if case.repeat_of_id]

    @step(when=lambda machine: machine.repeats(), weight=4, which=some, login=desk)
    def unlink_repeat(self, which, login):
        self.own(login, self.pick(self.repeats(), which))._unlink_repeat("不是一回事")

    @step(weight=2, which=some, other=some, login=desk)
    def merge_case(self, which, other, login):
        later, earlier = self.pair(which, other)
        self.own(login, later).write(
            {"state": "merged", "duplicate_of_id": earlier.id, "end_reason": "同一事项"}
        )

    @step(weight=2, which=some, login=desk)
    def unmerge_case(self, which, login):
        self.own(login, self.case(which, None, "merged"))._unmerge("不是一回事")

    @step(weight=2, which=some, other=some)
    def merge_in_error(self, which, other):
        """A merging that is undone at once leaves every limit of both where it was."""
        later, earlier = self.pair(which, other)
        if RANK[later.severity] > RANK[earlier.severity]:
            raise Idle  # what a grave case has put into motion goes on
        clocks = (later | earlier).deadline_ids.filtered(lambda row: not row.visit_id)
        clocks._check_due()  # past limits count for the person who gives work away
        before = self.limits(clocks)
        work = self.own("supervisor", later)
        merging = {"duplicate_of_id": earlier.id, "end_reason": "同一事项"}
        work.write({"state": "merged", **merging})
        self.env.invalidate_all()
        work._unmerge("不是一回事")
        self.env.invalidate_all()
        after = self.limits(clocks)
        moved = [(before[row], after[row]) for row in clocks if before[row] != after[row]]
        assert not moved, moved

    def limits(self, clocks):
        names = ("kind", "state", "started_at", "due_at", "planned_due_at", "unit", "met_at")
        return {row: [row[name] for name in names] for row in clocks}

    @step(which=some, other=some, login=desk)
    def relate(self, which, other, login):
        above, below = self.case(other), self.case(which)
        links = self.own(login, self.env["water.case.relation"])
        links._link(above.with_env(links.env), below.with_env(links.env), "上下级")


class KeepOpenSteps(Machine):
    """Signatures, playbooks and news: what goes out waits for them."""

    def prepare(self):
        super().prepare()
        self.env["water.sign.rule"].create({"name": "紧急的", "severity": "urgent"})
        todo = self.env.ref("mail.mail_activity_data_todo").id
        step_values = {"activity_type_id": todo, "summary": "核对账单", "water_blocks": True}
        template = Command.create({**step_values, "responsible_type": "on_demand"})
        plans = [
            {"name": "水质", "res_model": model, "template_ids": [template]}
            for model in self.models
        ]
        self.test._category("wq").plan_ids = self.env["mail.activity.plan"].create(plans)

    @step(weight=16, which=some)
    def push(self, which):
        """Blockers first, by their user; otherwise the ordinary next step."""
        acts = (
            lambda: self.also("sign", which, "supervisor", True),
            lambda: self.also("do_step", which, "agent"),
            lambda: self.also("ask_signature", which, "agent"),
        )
        for act in acts if which % 3 else ():
            with suppress(Idle):
                return act()
        return super().push(which)

    @step(weight=2, which=some, login=desk)
    def ask_signature(self, which, login):
        wanted = [case for case in self.cases if case.can_ask_signature]
        self.own(login, self.pick(wanted, which)).action_ask_signature()

    @step(which=some, login=("supervisor", "supervisor", "manager", "agent"), good=(True, False))
    def sign(self, which, login, good):
        waiting = self.env["water.sign.off"].search([("state", "=", "waiting")], order="id")
        rows = [row for row in waiting if row._case() in self.cases]
        row = self.own(login, self.pick(rows, which))
        row.action_approve() if good else row._refuse("口径不对")

    @step(weight=2, which=some, login=desk)
    def do_step(self, which, login):
        blocks = [("water_blocks", "=", True), ("res_model", "in", self.models)]
        ours = self.env["mail.activity"].search(blocks, order="id")
        mine = {(case._name, case.id) for case in self.cases}
        rows = [row for row in ours if (row.res_model, row.res_id) in mine]
        self.own(login, self.pick(rows, which)).action_feedback("无误")

    @step(which=some, login=anybody)
    def tell_news(self, which, login):
        self.own(login, self.case(which))._tell_news("仍在办理。")

    @step(
        which=some,
        login=desk,
        act=("dispatch", "assign", "follow_up", "tell", "close"),
        lab=(False, True),
    )
    def many_at_once(self, which, login, act, lab):
        model = self.case(which)._name
        cases = self.own(login, self.env[model]).browse(
            [case.id for case in self.cases if case._name == model]
        )
        wizard = cases.env["water.batch.wizard"].with_context(
            active_model=model, active_ids=cases.ids
        )
        dialog = wizard.create(
            {
                "act": act,
                "department_id": (self.test.lab if lab else self.test.net).id,
                "user_id": self.test.users["agent2"].id,
                "note": "请知悉。",
            }
        )
        dialog.action_preview()
        dialog.action_do()

    @step(which=some)
    def share_out(self, which):
        self.cron(f"{DESK}ir_cron_allocate")


class MattersKept:
    """What holds where two cases meet.

    ============================= ==================================================================
    method                        what it says
    ============================= ==================================================================
    always_joined_whole           a merged case belongs to one of its kind that stands for itself,
                                  and has nothing that runs but what another body waits for, or
                                  its customer as money that is his, and what rooms know
    always_work_in_time           a department has no longer than the customer is promised
    always_signed_goes_out        what a customer was told under a rule of signing was signed
    always_parts_known            a part and what it was split off from know each other, until it is
                                  undone; no file belongs to both
    ============================= ==================================================================
    """

    def always_joined_whole(self):
        for case in self.cases:
            if case.state != "merged":
                continue
            lead = case.duplicate_of_id
            if not lead or lead.state == "merged" or lead._name != case._name:
                yield f"{case.name} is merged into {lead.name or 'nothing'} ({lead.state})"
            runs = case.deadline_ids.filtered(lambda clock: clock.state == "running")
            if not all(map(self.outlives_merging, runs)):
                yield f"{case.name} is merged, and {runs.mapped('kind')} run"

    def outlives_merging(self, clock):
        """Whether a clock goes on when its case is merged into another one."""
        return clock.kind in ("external", "payment")

    def always_work_in_time(self):
        now = fields.Datetime.now()
        for case in self.cases:
            promised = min((due for due in case._promised_limits() if due > now), default=False)
            clocks = case.deadline_ids.filtered(lambda row: row.kind == "work")
            waits = "paused" in case._open_clocks().mapped("state")
            for clock in clocks if promised and not waits else ():
                if clock.state == "running" and clock.due_at > promised:
                    yield f"{case.name}: work until {clock.due_at}, promised for {promised}"

    def always_signed_goes_out(self):
        for case in self.cases:
            told = case.state == "answered" and self.seen.get(case) != case.state
            if told and case._signed_field:
                missing = case._need_signature("answer", case[case._signed_field])
                yield from (f"{case.name} is {case.state}: {words}" for words in missing)

    def always_parts_known(self):
        for case in self.cases:
            origin = case.split_id and case.split_id._case()
            if origin and origin == case:
                yield f"{case.name} was split off from itself"

    def page_faults(self, case, mine):
        """A page that is one of several on a matter says how the matter stands."""
        return super().page_faults(case._lead_case() or case, mine)

    def page_state(self, case, mine):
        """Parts of the other customer are no state of this one's case."""
        state = super().page_state(case, mine)
        return mine._his_alone.get(state, state) if mine.state == "merged" else state
