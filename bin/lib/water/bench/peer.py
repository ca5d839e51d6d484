import time

import timing

from odoo import fields

env = globals()["env"]  # given by odoo shell
env["helpdesk.sla"].search([]).active = False
team = env["helpdesk.ticket.team"].create({"name": "Bench", "use_sla": True})
stages = env["helpdesk.ticket.stage"].search([], order="sequence")
done, started = stages[-1], stages[1]
for name, days, stage in (("answer", 2, started), ("solve", 5, done)):
    env["helpdesk.sla"].create({"name": name, "days": days, "stage_id": stage.id})
tickets = env["helpdesk.ticket"]
env.cr.commit()


def values(number):
    return {"name": f"bench {number}", "description": "<p>bill</p>", "team_id": team.id}


result = {"sizes": {}}
first = tickets.create([values(0)])
result["clocks_per_case"] = len(first.sla_line_ids) if "sla_line_ids" in first else 2
spans = []
for _batch in range(4):
    spans.append(
        timing.counted(env, lambda: tickets.create([values(number) for number in range(100)]))
    )
    env.cr.commit()
result["batch_per_second"] = 100 / min(seconds for seconds, _queries in spans)
result["queries_per_case"] = min(queries for _seconds, queries in spans) / 100
sample = tickets.search([], limit=100)
_seconds, result["move_queries"] = timing.counted(
    env, lambda: sample.write({"stage_id": started.id})
)
env.cr.rollback()
calendar = team.resource_calendar_id
now = fields.Datetime.now()
start = time.perf_counter()
for _number in range(200):
    calendar.plan_hours(40, now, compute_leaves=True)
result["deadline_us"] = (time.perf_counter() - start) / 200 * 1e6


def create_one():
    tickets.create([values(1)])
    env.cr.commit()


def read_list():
    env.invalidate_all()
    names = ["number", "name", "stage_id", "user_id", "priority"]
    tickets.web_search_read([], {name: {} for name in names}, limit=80)


def board():
    env.invalidate_all()
    tickets.web_read_group([], ["stage_id"], ["__count"])
    for stage in stages:
        domain = [("stage_id", "=", stage.id)]
        names = ["number", "name", "user_id", "priority", "partner_id"]
        tickets.web_search_read(domain, {name: {} for name in names}, limit=40)


for size in timing.sizes():
    missing = size - tickets.search_count([])
    if missing > 0:
        timing.clone(env, "helpdesk_ticket", missing, {"number": "'B' || n"})
        env.cr.commit()
    result["sizes"][str(size)] = {
        "create_ms": timing.median_ms(create_one),
        "list_ms": timing.median_ms(read_list),
        "board_ms": timing.median_ms(board),
    }
timing.report(result)
