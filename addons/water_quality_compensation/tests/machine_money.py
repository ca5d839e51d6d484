"""Steps of compensation: written, proposed, approved, refused, booked, paid, late."""

from odoo import fields

from odoo.addons.water_service_desk.tests.machine import Machine, some, step
from odoo.addons.water_service_desk.tests.machine_steps import anybody, desk

DECIDERS = ("supervisor", "supervisor2", "manager", "manager2", "quality", "agent")


class MoneySteps(Machine):
    def owed(self, which, *states):
        return self.pick([row for row in self.money if row.state in states], which)

    @property
    def money(self):
        """All that is owed in this story, of cases and incidents."""
        return self.env["water.compensation"].search([("id", ">", self.first_money)], order="id")

    @step(weight=2, which=some, login=desk, amount=(0, 1, 30, 30, 100, 100, 800, 6000), kind=some)
    def write_compensation(self, which, login, amount, kind):
        kinds = ("goodwill", "goodwill", "claim")
        values = {"amount": amount, "kind": kinds[kind % 3]}
        if kind % 4 == 0:
            values["due_on"] = fields.Date.add(fields.Date.today(), days=kind % 9)
        self.test._compensation(login, self.case(which), **values)

    @step(weight=2, which=some, login=desk)
    def propose(self, which, login):
        self.own(login, self.owed(which, "draft")).action_propose()

    @step(weight=4, which=some, login=DECIDERS)
    def approve(self, which, login):
        self.own(login, self.owed(which, "proposed")).action_approve()

    @step(which=some, login=DECIDERS)
    def refuse(self, which, login):
        self.own(login, self.owed(which, "proposed"))._refuse("不予同意")

    @step(which=some, login=anybody)
    def take_back(self, which, login):
        self.own(login, self.owed(which, "draft", "proposed", "approved"))._withdraw("撤回")

    @step(weight=3, which=some)
    def post_entry(self, which):
        rows = [row for row in self.money if row.payment_state == "draft"]
        self.test._post(self.pick(rows, which))

    @step(weight=3, which=some)
    def pay(self, which):
        rows = [row for row in self.money if row.payment_state == "posted"]
        self.test._pay(self.pick(rows, which))

    @step(which=some)
    def reverse_entry(self, which):
        """Finance takes back what it has booked, with Odoo's own dialog."""
        rows = [row for row in self.money if row.payment_state == "posted"]
        move = self.own("finance", self.pick(rows, which).move_id)
        dialogs = move.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        dialogs.create({"journal_id": move.journal_id.id}).reverse_moves()

    @step(weight=2, which=some)
    def money_night(self, which):
        name = ("entries", "late", "entries")[which % 3]
        self.cron(f"water_compensation.ir_cron_compensation_{name}")

    @step()
    def compensate_incidents(self):
        self.cron("water_compensation.ir_cron_compensate")
