"""Steps of appeals: filed, reviewed, voted on, decided, taken back, by other bodies."""

from odoo.addons.water_service_desk.tests.machine import Machine, some, step
from odoo.addons.water_service_desk.tests.machine_steps import desk

DECISIONS = ("upheld", "upheld", "partly", "rejected", "not_admissible")
SENIOR = ("senior", "chair", "member1", "member2", "supervisor", "manager", "quality")


class AppealSteps(Machine):
    def appeal(self, which, *states):
        rows = [row for row in self.rows("appeal_ids") if not states or row.state in states]
        return self.pick(rows, which)

    def appealed(self, case, states):
        """How often an answered complaint was appealed against."""
        fits = case._name == "water.complaint" and case.state in states
        return len(case.appeal_ids) if fits else -1

    @step(weight=3, which=some, login=desk, body=some)
    def file_appeal(self, which, login, body):
        answered = ("notified", "confirmed", "callback", "archived", "rejected")
        case = self.case(which, "water.complaint", *answered)
        if body % 3:  # usually once more after an appeal
            case = max(self.cases, key=lambda row: self.appealed(row, answered))
        values = {"new_evidence": "检定证书", "late_reason": "住院"}
        evidence = [("a.txt", b"x")] if body % 2 else ()
        if body % 5 == 0:
            values |= {"external_body": "市监局", "external_number": f"SJ-{len(self.log)}"}
            values |= {"external_due_at": self.later(hours=body)} if body % 2 else {}
        self.test._appeal(case, login, evidence, **values)

    def unadmitted(self):
        rows = [row for row in self.rows("appeal_ids") if row.state == "filed"]
        return [row for row in rows if row.needs_admission and not row.admitted_at]

    @step(
        when=lambda machine: machine.unadmitted(),
        weight=3,
        which=some,
        login=("supervisor2", "manager2", "agent"),
    )
    def admit_appeal(self, which, login):
        self.own(login, self.pick(self.unadmitted(), which))._admit("有新证据")

    @step(weight=3, which=some, login=("supervisor2", "manager2", "agent"), chair=SENIOR)
    def accept_appeal(self, which, login, chair):
        appeal = self.own(login, self.appeal(which, "filed"))
        members = ("member1", "member2", "quality") if appeal.level == "2" else ()
        people = [self.test.users[name].id for name in members if name != chair]
        if len(self.log) % 4:  # mostly those who may
            people = [who for who in people if who in appeal.eligible_ids.ids]
        appeal.write({"reviewer_id": self.test.users[chair].id, "member_ids": [(6, 0, people)]})
        self.test._letter(login, appeal.action_accept())

    @step(weight=2, which=some, login=SENIOR, how=DECISIONS)
    def vote(self, which, login, how):
        """Usually by a permitted user."""
        appeal = self.appeal(which, "review")
        names = {user: name for name, user in self.test.users.items()}
        panel = [user for user in appeal._panel() if appeal.with_user(user)._may_vote()]
        voter = names[self.pick(panel, which)] if panel and which % 3 else login
        self.own(voter, appeal)._vote(how, "同意")

    @step(weight=4, which=some, how=DECISIONS, other=SENIOR, changes=some)
    def decide_appeal(self, which, how, other, changes):
        """Mostly by the reviewer; a panel has voted alike."""
        appeal = self.appeal(which, "filed", "review")
        names = {user: name for name, user in self.test.users.items()}
        login = names.get(appeal.reviewer_id, other) if changes % 4 else other
        if appeal.level == "2" and changes % 3:
            for user in appeal.reviewer_id | appeal.member_ids:
                if appeal.with_user(user)._may_vote():
                    appeal.with_user(user)._vote(how, "同意")
                    self.count_as("vote")
        values = {"decision": how, "decision_text": "复核后如此决定。"}
        if how in ("upheld", "partly"):
            values |= {"reopen": changes % 2 == 0, "remedy": "重新处理"}
            if changes % 5 == 0:
                values |= {"corrected_finding": "upheld", "corrected_liability": "company"}
            values |= {"leaves_figures": changes % 7 == 0}
        work = self.own(login, appeal)
        work.write(values)
        action = work.action_decide()
        if action is not True:
            self.test._letter(login, action)

    @step(which=some, login=desk)
    def withdraw_appeal(self, which, login):
        self.own(login, self.appeal(which, "filed", "review"))._withdraw("客户撤回")

    def outside(self):
        return [row for row in self.rows("appeal_ids") if row.level == "external"]

    @step(
        when=lambda machine: machine.outside(),
        weight=3,
        which=some,
        login=("supervisor", "manager", "agent"),
    )
    def state_appeal(self, which, login):
        self.own(login, self.pick(self.outside(), which))._state("情况说明")
