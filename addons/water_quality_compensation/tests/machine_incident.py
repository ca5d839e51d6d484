"""Steps of incidents of every kind: open, join, news, the end, cases that leave."""

from datetime import timedelta

from odoo.addons.water_service_desk.tests.machine import Machine, some, step
from odoo.addons.water_service_desk.tests.machine_steps import anybody, desk

KINDS = ("outage", "planned", "pressure", "quality", "other")
#: subjects of calls from an area when something is wrong
TROUBLE = ("ot02", "ot03", "ot07", "wq01", "lp01", "ot06")


class IncidentSteps(Machine):
    def incidents(self, *states):
        rows = self.env["water.incident"].search([("id", ">", self.first_incident)])
        return rows.filtered(lambda row: not states or row.state in states)

    def incident(self, which, *states):
        return self.pick(self.incidents(*states), which)

    @step(login=desk, kind=KINDS, hours=some)
    def open_incident(self, login, kind, hours):
        """Planned work begins later and says when it ends, and some of it too soon to have been
        announced: that waits for a supervisor. Everything else has begun.
        """
        row = self.env.ref(f"water_complaints.incident_kind_{kind}")
        values = {"subject": "东城路", "kind_id": row.id, "zone_ids": self.zone.ids}
        if kind == "planned":
            begin = self.later(hours=hours)
            values |= {"aware_at": begin, "announced_end_at": begin + timedelta(hours=8)}
        incident = self.own(login, self.env["water.incident"]).create(values)
        if not incident.lead_alert:
            incident.action_start()

    @step(weight=2, login=desk, code=TROUBLE, who=some)
    def caller(self, login, code, who):
        """One more of the area calls, while there is an incident or before."""
        if len(self.cases) >= MANY_CALLERS:
            return
        category = self.env.ref(f"water_service_desk.category_{code}", raise_if_not_found=False)
        values = {
            "subject": "停水",
            "zone_id": self.zone.id,
            "category_id": (category or self.test._category("ot03")).id,
            "partner_id": self.test.customer2.id if who % 2 else False,
            "contact_name": f"客户{who}",
            "phone": f"1390000{who:04d}",
            "email_from": f"caller{who}@example.com",
            "occurred_at": self.later(),
        }
        rows = self.own(login, self.env["water.complaint"])
        rows.create(self.test._complaint_values(**values))

    @step(login=desk, code=TROUBLE)
    def callers_at_once(self, login, code):
        """As many calls about one subject as propose an incident."""
        for who in range(3):
            self.caller(login, code, who)

    def is_proposed(self):
        return bool(self.incidents("proposed"))

    @step(when=is_proposed, weight=4, which=some, login=desk)
    def start_incident(self, which, login):
        incident = self.own(login, self.incident(which, "proposed"))
        incident.zone_ids = incident.zone_ids or self.zone
        incident.action_start()

    @step(when=is_proposed, weight=2, which=some, login=desk)
    def dismiss_incident(self, which, login):
        self.own(login, self.incident(which, "proposed"))._dismiss("误报")

    @step(weight=2, which=some, login=desk, hours=some)
    def news(self, which, login, hours):
        expected = self.later(hours=hours) if hours % 2 else None
        self.own(login, self.incident(which, "open"))._announce("progress", "正在处理。", expected)

    def too_soon(self):
        return self.incidents("proposed", "open").filtered("lead_alert")

    @step(
        when=lambda machine: bool(machine.too_soon()),
        weight=3,
        which=some,
        login=("supervisor", "manager", "agent"),
    )
    def waive_lead(self, which, login):
        self.own(login, self.pick(self.too_soon(), which))._waive_lead("等不得")

    @step(which=some, login=anybody)
    def crew_arrives(self, which, login):
        self.own(login, self.incident(which, "open")).action_arrived()

    @step(weight=2, which=some, login=desk, chosen=(False, True))
    def restore(self, which, login, chosen):
        """The end, with all ticks that the list proposes, or with every second one."""
        incident = self.own(login, self.incident(which, "open"))
        lines = [case for case, words in incident._ending_lines() if not words]
        ticks = {}
        for case in lines[::2]:
            ticks.setdefault(case._name, []).append(case.id)
        incident._restore(self.later(), "已恢复。", ticks if chosen else None)

    @step(weight=3)
    def broadcast(self):
        self.cron("water_complaints.ir_cron_incidents")

    @step(which=some, login=desk)
    def close_incident(self, which, login):
        self.own(login, self.incident(which, "restored")).action_close()

    def members(self):
        return [case for case in self.cases if case.incident_id]

    @step(
        when=lambda machine: machine.members(),
        weight=2,
        which=some,
        login=("agent", "supervisor", "department"),
    )
    def leave_incident(self, which, login):
        self.own(login, self.pick(self.members(), which)).action_leave_incident()


#: Cases of one story with those of its incidents.
MANY_CALLERS = 8
