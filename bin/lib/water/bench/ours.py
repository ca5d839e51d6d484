import time
from datetime import timedelta

import timing

from odoo import fields
from odoo.tests.common import new_test_user

env = globals()["env"]  # given by odoo shell
ref = env.ref


def person(login, group):
    user = env["res.users"].search([("login", "=", login)])
    return user or new_test_user(env, login, groups=f"water_service_desk.{group}")


agent, head = person("bench_agent", "group_agent"), person("bench_head", "group_department")
net = ref("water_service_desk.department_net")
net.write({"member_ids": [(4, head.id)], "manager_id": head.id})
env.cr.commit()
now = fields.Datetime.now().replace(microsecond=0)
complaints = env["water.complaint"].with_user(agent)
common = {
    "description": "11 月用水 38 立方米，比平时高一倍。",
    "contact_name": "张伟",
    "phone": "13812345678",
    "address": "东城路 12 号",
    "category_id": ref("water_service_desk.category_bl02").id,
    "channel_id": ref("water_service_desk.channel_phone").id,
    "occurred_at": now - timedelta(hours=1),
    "demand": "核实读数",
    "department_id": net.id,
}


def values(number):
    return {**common, "subject": f"抄表错误 {number}"}


result = {"sizes": {}}
complaints.create([values(0)])
spans = []
for _batch in range(4):
    seconds, queries = timing.counted(
        env, lambda: complaints.create([values(number) for number in range(500)])
    )
    spans.append((seconds, queries))
    env.cr.commit()
result["batch_per_second"] = 500 / min(seconds for seconds, _queries in spans)
result["queries_per_case"] = min(queries for _seconds, queries in spans) / 500
sample = complaints.search([], limit=100, order="id desc")
result["clocks_per_case"] = len(sample[0].sudo().deadline_ids)
sample._confirm_readback()
_seconds, result["move_queries"] = timing.counted(
    env, lambda: sample.write({"state": "dispatched"})
)
env.cr.rollback()
calendar = ref("water_service_desk.calendar_office")
calendar._water_due_at(now, 5, "working_day")
start = time.perf_counter()
for _number in range(20000):
    calendar._water_due_at(now, 5, "working_day")
result["deadline_us"] = (time.perf_counter() - start) / 20000 * 1e6
env.cr.execute("UPDATE ir_cron SET active = false")
env.cr.commit()

stages = env["water.stage"].search([("model", "=", "water.complaint")])
states = stages.filtered(lambda s: s.state in ("registered", "dispatched", "investigating"))
states |= stages.filtered(lambda s: s.state in ("handling", "notified", "archived"))
kinds = "(ARRAY['registered','dispatched','investigating','handling','notified','archived'])"
ids = {stage.state: stage.id for stage in states}
order = [ids[s] for s in ("registered", "dispatched", "investigating", "handling", "notified")]
order.append(ids["archived"])


def fill(size):
    """Bring the table to ``size`` open cases with a clock each, none of them due."""
    env.cr.execute("SELECT count(*), max(id) FROM water_complaint")
    count, last = env.cr.fetchone()
    if size <= count:
        return
    timing.clone(
        env,
        "water_complaint",
        size - count,
        {
            "name": "'BENCH' || n",
            "subject": "'水费 ' || n",
            "stage_id": f"(ARRAY{order})[1 + n %% 6]".replace("%%", "%"),
            "state": f"{kinds}[1 + n % 6]",
            "urgency": "n % 3",
            "next_due_at": "now() at time zone 'utc' + (n % 20000 + 60) * interval '1 minute'",
            "deadline_state": "'ok'",
            "external_ref": "NULL",
            "submission_key": "NULL",
        },
    )
    env.cr.execute(
        """
        INSERT INTO water_deadline (complaint_id, kind, amount, unit, calendar_id, started_at,
               warn_at, due_at, planned_due_at, next_check_at, state, provisional,
               paused_minutes, create_uid, write_uid, create_date, write_date)
        SELECT c.id, 'close', 5, 'working_day', %s, now() at time zone 'utc',
               c.next_due_at - interval '1 minute', c.next_due_at, c.next_due_at,
               c.next_due_at - interval '1 minute', 'running', false, 0, 1, 1, now(), now()
          FROM water_complaint c WHERE c.id > %s
        """,
        [calendar.id, last],
    )
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute("ANALYZE water_complaint, water_deadline")
    env.cr._cnx.autocommit = False
    env.invalidate_all()


def create_one():
    complaints.create([values(1)])
    env.cr.commit()


def read(model, domain, names, limit, order=None):
    env.invalidate_all()
    model.web_search_read(domain, {name: {} for name in names}, limit=limit, order=order)


def board():
    """What the web client asks for: columns with counts and bars, 40 cards of each."""
    env.invalidate_all()
    complaints.web_read_group([], ["stage_id"], ["__count"])
    for stage in order:
        read(complaints, [("stage_id", "=", stage)], CARD, 40)


CARD = ["name", "subject", "category_id", "severity", "time_left", "next_due_at", "deadline_state"]
CARD += ["first_responsible_id", "user_id", "department_id", "zone_id", "contact_masked"]
clocks = env["water.deadline"].with_user(agent)


def duty():
    open_clocks = [("state", "in", ("running", "breached")), ("met_at", "=", False)]
    read(clocks, open_clocks, ["kind", "due_at", "case_name", "department_id"], 80, "due_at, id")


def sweep():
    """10,000 clocks fall due among all the others; the sweep handles them."""
    env.cr.execute(
        """
        UPDATE water_deadline SET next_check_at = now() at time zone 'utc' - interval '1 minute',
               due_at = now() at time zone 'utc' - interval '1 minute',
               warn_at = now() at time zone 'utc' - interval '2 hours', warned_at = now()
         WHERE id IN (SELECT id FROM water_deadline WHERE state = 'running' AND kind = 'close'
                       ORDER BY id DESC LIMIT 10000)
        """
    )
    env.cr.commit()
    env.invalidate_all()
    start = time.perf_counter()
    env["water.deadline"]._cron_sweep()
    env.cr.commit()
    return time.perf_counter() - start


for size in timing.sizes():
    fill(size)
    figures = {
        "create_ms": timing.median_ms(create_one),
        "list_ms": timing.median_ms(lambda: read(complaints, [], CARD, 80)),
        "board_ms": timing.median_ms(board),
        "duty_ms": timing.median_ms(duty),
    }
    if size >= 10000:
        figures["sweep_s"] = sweep()
    result["sizes"][str(size)] = figures
timing.report(result)
