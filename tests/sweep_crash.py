"""Run in ``odoo shell``: kills the sweep with SIGKILL at random moments, then takes stock.

Prints one line of JSON: due notifications, sent ones, and the event chains.
"""

import json
import os
import random
import signal
import time
from datetime import timedelta

import odoo.sql_db
from odoo import SUPERUSER_ID, api, fields

from odoo.addons.water_service_desk.clock.models import (
    water_deadline_escalating as water_sweep_mixin,
)

IS_LONG = bool(os.environ.get("WATER_LONG"))
KILLS, CASES = (50, 150) if IS_LONG else (20, 60)
PEEK = os.WEXITED | os.WNOHANG | os.WNOWAIT
registry = globals()["env"].registry
water_sweep_mixin.SWEEP_BATCH = 10  # many commits, many places to be killed at


def build():
    """Overdue inquiries whose whole ladder is due at once."""
    with registry.cursor() as cr:
        fresh = api.Environment(cr, SUPERUSER_ID, {})
        net = fresh.ref("water_service_desk.department_net")
        admin = fresh.ref("base.user_admin")
        agent = fresh["res.users"].search([("login", "=", "limin")])
        net.write({"manager_id": agent.id, "deputy_id": admin.id})
        net.on_call_user_ids = agent | admin  # told at any hour
        manager_steps = [("recipient", "=", "general_manager")]
        fresh["water.escalation.step"].search(manager_steps).active = False
        rows = [
            {
                "subject": f"时限试验 {number}",
                "department_id": net.id,
                "received_at": fields.Datetime.now() - timedelta(days=60),
            }
            for number in range(CASES)
        ]
        return fresh["water.inquiry"].with_user(agent).create(rows).ids


def sweep():
    """The scheduled action, as the scheduler runs it: on a cursor of its own."""
    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["water.deadline"]._cron_sweep()
        cr.commit()


def killed_sweep(seconds, before=None):
    """Start the sweep in a child and kill it after ``seconds``; True when it was too late.

    :param before: how many clocks waited; the seconds count from when there are fewer, so that
        the kill falls between two commits on a machine of any speed. None: from the start
    """
    odoo.sql_db.close_all()
    child = os.fork()
    if not child:
        sweep()
        os._exit(0)
    while before and waiting() == before and not os.waitid(os.P_PID, child, PEEK):
        pass
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


def stock(ids):
    """Messages and logs, beside the expected ones."""
    with registry.cursor() as cr:
        fresh = api.Environment(cr, SUPERUSER_ID, {})
        cases = fresh["water.inquiry"].browse(ids)
        clocks = cases.deadline_ids
        now = fields.Datetime.now()
        due = {
            (clock.id, step.id, user.id)
            for clock in clocks
            for step, moment in clock._ladder(clock._case(), {})
            if moment <= now
            for user in clock._recipients(step, clock._case())
        }
        notices = fresh["water.escalation.notice"].search([("deadline_id", "in", clocks.ids)])
        told = [(row.deadline_id.id, row.step_id.id, row.user_id.id) for row in notices]
        breaches = cases.event_ids.filtered(lambda event: event.kind == "clock_breached")
        return {
            "due": len(due),
            "lost": len(due - set(told)),
            "twice": len(told) - len(set(told)),
            "clocks": len(clocks),
            "breached": len(clocks.filtered(lambda clock: clock.state == "breached")),
            "breach_events": len(breaches),
            "to_dos": len(cases.activity_ids),
            "people": len(notices.user_id),
            "faults": cases._verify_events(),
        }


def waiting():
    """How many clocks the sweep has still to look at."""
    with registry.cursor() as cr:
        cr.execute(
            "SELECT count(*) FROM water_deadline WHERE next_check_at <= now() at time zone 'utc'"
        )
        return cr.fetchone()[0]


random.seed(20260930)
case_ids = build()
kills = amid = 0
while kills < KILLS:
    before = waiting()
    if not before:
        case_ids += build()
        continue
    after_commit = kills % 2 and before
    if not killed_sweep(random.uniform(0.0, 0.2 if after_commit else 0.5), after_commit):
        kills += 1
        amid += 0 < waiting() < before
sweep()
print("RESULT " + json.dumps({"kills": kills, "amid": amid, **stock(case_ids)}), flush=True)
os._exit(0)
