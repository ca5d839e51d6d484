"""Steps of what turns out otherwise: matter, place, person, holder, bill, incident, exemption."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.water_service_desk.tests.machine import Idle, Machine, some, step
from odoo.addons.water_service_desk.tests.machine_changes import CaseChangeSteps
from odoo.addons.water_service_desk.tests.machine_steps import anybody, desk

from .machine_appeal import SENIOR
from .machine_complaint import CODES
from .machine_money import DECIDERS


class CaseTurnSteps(Machine):
    """A case is about something else than was thought."""

    categories = {**CaseChangeSteps.categories, "water.complaint": CODES}

    @step(which=some, login=desk, somebody=some)
    def complain_of(self, which, login, somebody):
        case = self.open_case(which, "water.complaint")
        person = self.pick(("agent", "supervisor", "department"), somebody)
        values = {"person_complained_id": self.test.users[person].id}
        if somebody % 2:
            unit = self.test.net if somebody % 4 == 1 else self.test.lab
            values = {"department_complained_id": unit.id}
        self.own(login, case).write(values)

    @step(weight=2, which=some, login=("supervisor2", "manager2", "agent"), chair=SENIOR)
    def replace_reviewer(self, which, login, chair):
        """Another person reviews it during the review."""
        appeal = self.own(login, self.appeal(which, "review"))
        people = [name for name in ("member1", "member2", "quality") if name != chair]
        members = [self.test.users[name].id for name in people if appeal.level == "2"]
        appeal.write(
            {"reviewer_id": self.test.users[chair].id, "member_ids": [Command.set(members)]}
        )


class TalkTurnSteps(Machine):
    """The person complained of is heard; the amount granted changes."""

    @step(which=some, login=desk)
    def ask_statement(self, which, login):
        case = self.open_case(which, "water.complaint")
        person = case.person_complained_id or case.department_complained_id.member_ids[:1]
        rows = self.own(login, self.env["water.statement"])
        rows._ask(self.own(login, case), person, "请说明当时的情况")

    @step(which=some)
    def give_statement(self, which):
        rows = [row for row in self.rows("statement_ids") if not row.answered_at]
        row = self.pick(rows, which)
        if not row.user_id.active:
            raise Idle
        mine = row.with_user(row.user_id)
        mine.answer = "已按规定办理"
        mine.action_give()

    @step(weight=2, which=some, login=desk, amount=(5, 50, 500))
    def another_amount(self, which, login, amount):
        """Also during a decision, or while its letter waits for a signature."""
        row = self.owed(which, "draft", "proposed")
        self.own(login, row).amount = amount

    @step(which=some, login=("department", "supervisor", "agent"))
    def another_result(self, which, login):
        """The words of the result change, also while the letter waits for its signature."""
        case = self.complaint(which, "handling")
        self.own(login, case).resolution = f"{case.resolution or ''}已补充办理。"


class BillTurnSteps(Machine):
    """An account gets another holder; leaks and wrong meters are applied for."""

    @step(login=("supervisor", "manager", "agent"), days=some, other=(False, True))
    def holder_moves(self, login, days, other):
        holder = self.test.customer2 if other else self.test.customer
        values = {"partner_id": holder.id, "holder_since": self.later(days=-(days % 30))}
        self.own(login, self.account).write(values)

    def bills(self, state):
        models = ("water.leak.allowance", "water.meter.refund")
        domain = [("account_id", "=", self.account.id), ("state", "=", state)]
        return [row for name in models for row in self.env[name].search(domain, order="id")]

    @step(weight=2, login=desk, leak=(False, True), months=some)
    def apply_for_bill(self, login, leak, months):
        until = fields.Date.add(fields.Date.today(), months=-(months % 5))
        period = {"period_from": fields.Date.add(until, months=-2), "period_to": until}
        if leak:
            self.test._application(login, **period, repaired_on=until)
        else:
            self.test._refund(login, **period, tested_on=fields.Date.today())

    @step(when=lambda machine: machine.bills("draft"), weight=3, which=some, login=desk)
    def submit_bill(self, which, login):
        self.own(login, self.pick(self.bills("draft"), which)).action_submit()


class ExemptionSteps(Machine):
    """Why something is not owed, and facts of incidents that were other ones."""

    @step(weight=2, which=some, login=desk, whole=(False, True), code=("third_party", "drought"))
    def ask_exemption(self, which, login, whole, code):
        target = self.incident(which) if whole else self.owed(which, "draft", "proposed")
        self.test._exempt(target, code, login)

    def exemptions(self):
        rows = self.env["water.compensation.exemption"].search([("state", "=", "requested")])
        money, incidents = self.money, self.incidents()
        return rows.filtered(
            lambda row: row.compensation_id in money or row.incident_id in incidents
        )

    @step(
        when=lambda machine: machine.exemptions(),
        weight=4,
        which=some,
        login=DECIDERS,
        granted=(False, True),
    )
    def decide_exemption(self, which, login, granted):
        row = self.own(login, self.pick(self.exemptions(), which))
        row.action_approve() if granted else row._refuse("不成立")

    @step(weight=2, which=some, login=anybody, hours=some)
    def put_incident_right(self, which, login, hours):
        """Its actual begin, end or main is corrected."""
        incident = self.own(login, self.incident(which, "open", "restored"))
        values = (
            {"aware_at": incident.aware_at - timedelta(hours=hours % 24)},
            {"aware_at": min(incident.aware_at + timedelta(hours=hours % 5), self.later())},
            {"counted_hours": hours},
            {"strategic_main": not incident.strategic_main},
        )
        incident.write(values[hours % 4])


class TurnSteps(CaseTurnSteps, TalkTurnSteps, BillTurnSteps, ExemptionSteps):
    """All of it."""
