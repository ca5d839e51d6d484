import os
import time

import timing

from odoo import fields
from odoo.tests.common import new_test_user

env = globals()["env"]  # given by odoo shell
BATCH = 100
EVERY = int(os.environ["WATER_BENCH_EVERY"])


def team_with_limits():
    """A team with two clocks a ticket, in the calendar of the company."""
    env["helpdesk.sla"].search([]).active = False
    team = env["helpdesk.ticket.team"].create({"name": "Bench", "use_sla": True})
    for name, days, stage in (("answer", 2, started), ("solve", 5, done)):
        env["helpdesk.sla"].create({"name": name, "days": days, "stage_id": stage.id})
    return team


stages = env["helpdesk.ticket.stage"].search([], order="sequence")
done, started = stages.filtered("closed")[:1] or stages[-1], stages[1]
user = new_test_user(env, "bench_agent", "base.group_user,helpdesk_mgmt.group_helpdesk_user")
team = team_with_limits()
tickets = env["helpdesk.ticket"].with_user(user)
env.cr.execute("UPDATE ir_cron SET active = false")
env.cr.commit()


def create(count):
    common = {"description": "<p>bill</p>", "team_id": team.id}
    return tickets.create([{**common, "name": f"bench {number}"} for number in range(count)])


def measure_work(result):
    """Create in batches, move a hundred, work out one limit; on an almost empty table."""
    result["clocks_per_case"] = len(create(1).sudo().ticket_sla_ids)
    result |= timing.batches(env, lambda: create(BATCH), BATCH)
    sample = tickets.search([], limit=100)
    result |= timing.move(env, lambda: sample.write({"stage_id": started.id}))
    env.cr.rollback()
    calendar, now = team.resource_calendar_id, fields.Datetime.now()
    start = time.perf_counter()
    for _number in range(200):
        calendar.plan_hours(40, now, compute_leaves=True)
    result["deadline_us"] = (time.perf_counter() - start) / 200 * 1e6


def fill(size):
    """Bring the table to ``size`` tickets with their clocks: 1 in EVERY open, the rest done."""
    env.flush_all()
    env.cr.execute("SELECT count(*), max(id) FROM helpdesk_ticket")
    count, last = env.cr.fetchone()
    if size > count:
        others = ", ".join(str(stage.id) for stage in stages - done)
        column = f"(ARRAY[{others}])[1 + (g.n / {EVERY}) % {len(stages - done)}]"
        rows = f"SELECT * FROM generate_series({count}, {size - 1}) n"
        changes = {
            "number": "'HB' || g.n",
            "name": "'bill ' || g.n",
            "stage_id": f"CASE WHEN g.n % {EVERY} = 0 THEN {column} ELSE {done.id} END",
        }
        timing.clone(env, "helpdesk_ticket", f"id = {last}", rows, changes)
        rows = f"SELECT id FROM helpdesk_ticket WHERE id > {last}"
        clock = {"ticket_id": "g.id"}
        timing.clone(env, "helpdesk_ticket_sla", f"ticket_id = {last}", rows, clock)
    timing.vacuum(env, "helpdesk_ticket", "helpdesk_ticket_sla")


def create_one():
    create(1)
    env.cr.commit()


def main():
    result = {"sizes": {}}
    measure_work(result)
    screens = timing.Screens(tickets)
    open_ones = timing.Screens(tickets, [("stage_id.closed", "=", False)])
    for size in timing.sizes():
        timing.progress(f"filling to {size:,} tickets ...")
        fill(size)
        timing.progress("measuring ...")
        result["sizes"][str(size)] = {
            "create_ms": timing.typical_ms(env, create_one, times=31),
            "list_ms": timing.typical_ms(env, open_ones.read_list),
            "list_all_ms": timing.typical_ms(env, screens.read_list),
            "board_ms": timing.typical_ms(env, open_ones.read_board),
            "pivot_ms": timing.typical_ms(env, screens.read_pivot),
        }
    timing.report(result)


main()
