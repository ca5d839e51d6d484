import os
import time
from contextlib import contextmanager
from datetime import timedelta

import timing
from fill import OPEN, Fill
from lxml import etree

from odoo import fields
from odoo.tests.common import new_test_user

env = globals()["env"]  # given by odoo shell
ref = env.ref
BATCH = 500
EVERY = int(os.environ["WATER_BENCH_EVERY"])
ROLES = {
    "supervisor": "water_service_desk.group_supervisor",
    "quality": "water_service_desk.group_quality",
    "manager": "water_service_desk.group_manager",
    "finance": "account.group_account_invoice",
}


def people():
    """Twenty agents, and a head for the department that gets the work."""
    agents = env["res.users"]
    for number in range(20):
        groups = "base.group_user,water_service_desk.group_agent"
        agents |= new_test_user(env, f"bench_agent_{number}", groups=groups)
    head = new_test_user(env, "bench_head", "base.group_user,water_service_desk.group_department")
    net = ref("water_service_desk.department_net")
    net.write({"member_ids": [(4, head.id)], "manager_id": head.id})
    env.cr.commit()
    return agents, net, head


agents, net, head = people()
complaints = env["water.complaint"].with_user(agents[0])
common = {
    "description": "11 月用水 38 立方米，比平时高一倍。",
    "contact_name": "张伟",
    "phone": "13812345678",
    "address": "东城路 12 号",
    "category_id": ref("water_service_desk.category_bl02").id,
    "channel_id": ref("water_service_desk.channel_phone").id,
    "demand": "核实读数",
    "department_id": net.id,
}


def values(number):
    happened = fields.Datetime.now() - timedelta(hours=1)
    return {**common, "occurred_at": happened, "subject": f"抄表错误 {number}"}


def create(count):
    return complaints.create([values(number) for number in range(count)])


def measure_work(result):
    """Create in batches, move a hundred, work out one deadline; on an almost empty table."""
    create(1)
    result |= timing.batches(env, lambda: create(BATCH), BATCH)
    cases = complaints.search([], limit=100, order="id desc")
    result["clocks_per_case"] = len(cases[0].sudo().deadline_ids)
    cases._confirm_readback()
    result |= timing.move(env, lambda: cases.write({"state": "dispatched"}))
    env.cr.rollback()
    result["deadline_us"] = measure_deadline()


def measure_deadline():
    """One limit of five working days, the calendar being warm, in microseconds."""
    calendar, now = ref("water_service_desk.calendar_office"), fields.Datetime.now()
    calendar._water_due_at(now, 5, "working_day")
    start = time.perf_counter()
    for _number in range(20000):
        calendar._water_due_at(now, 5, "working_day")
    return (time.perf_counter() - start) / 20000 * 1e6


def sample():
    """The complaint that the rows of the bulk are copies of."""
    case = create(1)
    case._confirm_readback()
    case.write({"state": "dispatched"})
    env.cr.commit()
    return case.sudo()


def create_one():
    create(1)
    env.cr.commit()


@contextmanager
def at(moment):
    """Set Odoo's clock to ``moment`` (naive UTC) and let it run on from there.

    A sweep at night tells only people on call.
    """
    original, began = fields.Datetime.now, time.time()

    def now():
        return (moment + timedelta(seconds=time.time() - began)).replace(microsecond=0)

    fields.Datetime.now = staticmethod(now)
    try:
        yield
    finally:
        fields.Datetime.now = staticmethod(original)


def hours():
    """``(working time, night)`` of the last whole working day: naive UTC."""
    close = ref("water_service_desk.calendar_office")._water_day_before(fields.Datetime.now())
    return close - timedelta(hours=2), close + timedelta(hours=5)


def make_due(count):
    """Have ``count`` clocks that run in open cases run out at this moment."""
    now = fields.Datetime.now()
    env.cr.execute(
        """
        UPDATE water_deadline SET next_check_at = %(now)s - interval '1 minute',
               due_at = %(now)s - interval '1 minute',
               warn_at = %(now)s - interval '2 hours', warned_at = %(now)s
         WHERE id IN (SELECT id FROM water_deadline WHERE state = 'running' AND kind = 'close'
                         AND next_check_at > %(now)s ORDER BY id LIMIT %(count)s)
        """,
        {"now": now, "count": count},
    )
    assert env.cr.rowcount == count, "there are not so many running clocks"
    env.cr.execute("SELECT count(*) FROM water_deadline WHERE is_pending")
    return env.cr.fetchone()[0]


def sweep(count):
    """The seconds, queries and memory it takes to handle ``count`` clocks that fall due."""
    env["water.deadline"]._cron_sweep()  # due before; not part of the measurement
    pending = make_due(count)
    env.cr.commit()
    env.invalidate_all()
    timing.reset_peak()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    cpu = timing.processor_seconds(env)
    env["water.deadline"]._cron_sweep()
    env.cr.commit()
    figures = {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": timing.processor_seconds(env) - cpu,
        "queries": env.cr.sql_log_count - queries,
        "peak_mb": timing.peak_mb(),
    }
    assert not env["water.deadline"].search_count([("next_check_at", "<=", fields.Datetime.now())])
    return {"due": count, "open": pending, **figures}


def sweeps(count):
    """The sweep in working time, when three people are told of each clock, and at night."""
    figures = {}
    for name, moment in zip(("working time", "night"), hours(), strict=True):
        with at(moment):
            figures[name] = sweep(count)
    return figures


def screens():
    """The default screens of an agent: board and list of the open ones, and the duty board."""
    open_ones = timing.Screens(complaints, [("state", "in", OPEN)])
    everything = timing.Screens(complaints)
    action = ref("water_service_desk.action_deadline")
    clocks = env["water.deadline"].with_user(agents[0])
    duty = timing.Screens(clocks, [("is_pending", "=", True)])
    assert "is_pending" in action.domain
    theirs = timing.Screens(complaints.with_user(head), [("state", "in", OPEN)])
    their_duty = timing.Screens(clocks.with_user(head), [("is_pending", "=", True)])
    return {
        "board_ms": open_ones.read_board,
        "list_ms": open_ones.read_list,
        "list_all_ms": everything.read_list,
        "pivot_ms": everything.read_pivot,
        "duty_ms": duty.read_list,
        "department_board_ms": theirs.read_board,
        "department_duty_ms": their_duty.read_list,
    }


def homes():
    """The home page of each role in one call, and the badge count of one item.

    Days that are over are counted beforehand, as the hourly job does.
    """
    readers = {"agent": agents[0], "department": head}
    for role, group in ROLES.items():
        user = env["res.users"].search([("login", "=", f"bench_{role}")])
        groups = f"base.group_user,{group}"
        readers[role] = user or new_test_user(env, f"bench_{role}", groups=groups)
    for user in readers.values():
        count_days(user)
    env.cr.commit()
    reads = {f"home_{role}_ms": home_of(user) for role, user in readers.items()}
    return {**reads, "home_count_ms": lambda: count_days(readers["supervisor"])}


def count_days(user):
    """As the hourly scheduled action does for the readers of a home page."""
    env["water.home.count"]._count(user, user.company_ids)


def home_of(user):
    """Read the first page of one user as the web client does."""
    items = env["water.home.item"].with_user(user)

    def read():
        items.env.invalidate_all()
        items.home()
        items.waiting()

    return read


def pick_up():
    """What the pick-up screen asks for when a customer calls."""
    call = env["water.call"].with_user(agents[0])
    call.env.invalidate_all()
    view = etree.fromstring(call.get_view(view_type="form")["arch"])
    shown = [
        node.get("name") for node in view.iter("field") if not list(node.iterancestors("field"))
    ]
    answer = call.onchange({"query": "13900000500"}, ["query"], {name: {} for name in shown})
    assert answer["value"]["account_id"], "the account was not found"


def main():
    mix = os.environ["WATER_BENCH_MIX"]
    result = {"sizes": {}}
    env.cr.execute("UPDATE ir_cron SET active = false")
    env.company.country_id = ref("base.cn")
    env.cr.commit()
    if mix == "usual":
        measure_work(result)
    fill = Fill(env, sample(), agents, every=EVERY if mix == "usual" else 1)
    for size in timing.sizes():
        timing.progress(f"filling to {size:,} cases ...")
        fill.to(size)
        reads = screens()
        if mix == "usual":
            fill.accounts_to(size)
            reads |= {"call_ms": pick_up, **homes()}
        timing.progress("measuring ...")
        figures = {key: timing.typical_ms(env, read) for key, read in reads.items()}
        figures["create_ms"] = timing.typical_ms(env, create_one, times=31)
        if mix == "open" and size >= 10000:
            figures["sweeps"] = sweeps(min(10000, size // 3))
        result["sizes"][str(size)] = figures
    timing.report(result)


main()
