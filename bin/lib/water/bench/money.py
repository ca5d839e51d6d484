"""What an incident costs in money: worked out, approved, booked, while others are at work."""

import multiprocessing
import os
import random
import signal
import time
from datetime import timedelta

import timing
from psycopg2.errors import LockNotAvailable

import odoo.sql_db
from odoo import SUPERUSER_ID, api, fields
from odoo.tests.common import new_test_user

registry = globals()["env"].registry  # given by odoo shell
ACCOUNTS = int(os.environ["WATER_BENCH_ACCOUNTS"])
#: What others write meanwhile: a customer's account and person, the books' account and journal.
TABLES = ("water_account", "res_partner", "account_account", "account_journal")
forks = multiprocessing.get_context("fork")


def alone(work):
    """Do ``work`` with an environment of its own, and commit."""
    with registry.cursor() as cr:
        result = work(api.Environment(cr, SUPERUSER_ID, {}))
        cr.commit()
        return result


def figures(work):
    """Do ``work`` alone; its seconds, processor seconds and queries."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        seconds, cpu, queries = timing.counted(env, lambda: work(env))
        cr.commit()
    return {"seconds": seconds, "cpu_seconds": cpu, "queries": queries}


def rows(cr, statement, *values):
    cr.execute(statement, values)
    return cr.fetchall()


def setup(env):
    """A company with books and a scheme, its accounts, and an outage of 32 hours that is over."""
    company = env.company
    if not company.root_id.chart_template:
        charts = env["account.chart.template"].with_company(company)
        charts.try_loading("generic_coa", company=company, install_demo=False)
    profile = env.ref("water_compensation.compensation_profile_cn_demo")
    company.write(
        {
            "water_compensation_profile_id": profile.id,
            "water_compensation_rate": 1,
            "water_late_entry_minutes": 41 * 60,  # or two would have to approve each
        }
    )
    groups = "base.group_user,water_service_desk.group_supervisor"
    boss = new_test_user(env, "bench_supervisor", groups=groups)
    zone = env["water.zone"].create({"code": "BENCH", "name": "压测片区"})
    people = env["res.partner"].create([{"name": f"用户{n:05}"} for n in range(ACCOUNTS)])
    env["water.account"].create(
        [
            {
                "code": f"B{person.id}",
                "partner_id": person.id,
                "address": "压测路 1 号",
                "zone_id": zone.id,
                "customer_class": "household",
            }
            for person in people
        ]
    )
    incident = env["water.incident"].create(
        {
            "subject": "压测主管爆裂停水",
            "zone_ids": zone.ids,
            "family_ids": env.ref("water_service_desk.category_ot").ids,
            "aware_at": fields.Datetime.now() - timedelta(hours=40),
        }
    )
    incident.action_start()
    incident._restore(fields.Datetime.now() - timedelta(hours=8), "已恢复供水。")
    return incident.id, boss.id


def waiting():
    with registry.cursor() as cr:
        return rows(cr, "SELECT count(*) FROM water_compensation WHERE move_queued")[0][0]


def others(stop, out):
    """Write what others would, again and again.

    :return: the longest that one of them had to wait, how often a row was locked, of how many,
        and the age of the oldest transaction of anybody else
    """
    longest, age, locked, tried = dict.fromkeys(TABLES, 0.0), 0.0, 0, 0
    with registry.cursor() as cr:
        ids = {table: [i for (i,) in rows(cr, f"SELECT id FROM {table}")] for table in TABLES}
    while not stop.is_set():
        for table in TABLES:
            with registry.cursor() as cr:
                start = time.perf_counter()
                wanted, tried = random.choice(ids[table]), tried + 1
                try:
                    cr.execute(
                        f"SELECT id FROM {table} WHERE id = %s FOR NO KEY UPDATE NOWAIT",
                        [wanted],
                        log_exceptions=False,
                    )
                except LockNotAvailable:
                    locked += 1
                    cr.rollback()
                cr.execute(f"UPDATE {table} SET write_date = write_date WHERE id = %s", [wanted])
                longest[table] = max(longest[table], time.perf_counter() - start)
                cr.rollback()
        with registry.cursor() as cr:
            found = rows(
                cr,
                "SELECT max(extract(epoch FROM clock_timestamp() - xact_start))"
                " FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
                " AND backend_type = 'client backend'",
            )
            age = max(age, float(found[0][0] or 0))
        time.sleep(0.02)
    out.put((longest, age, locked, tried))


def book(env):
    env["water.compensation"]._cron_entries()


def booking():
    """The scheduled action in a process of its own, as a worker of the server runs it."""
    process = forks.Process(target=lambda: (alone(book), os._exit(0)))
    process.start()
    return process


def measure_booking():
    """Booked by a worker that is killed in the midst, then by another one, with others at work."""
    odoo.sql_db.close_all()
    stop, out = forks.Event(), forks.SimpleQueue()
    watcher = forks.Process(target=lambda: (others(stop, out), os._exit(0)))
    watcher.start()
    start, first = time.perf_counter(), booking()
    while waiting() > ACCOUNTS / 2:
        time.sleep(0.1)
    os.kill(first.pid, signal.SIGKILL)
    first.join()
    left = waiting()
    odoo.sql_db.close_all()
    booking().join()
    seconds = time.perf_counter() - start
    stop.set()
    longest, age, locked, tried = out.get()
    watcher.join()
    return {
        "seconds": seconds,
        "left_when_killed": left,
        "longest_transaction_s": age,
        "locked": locked,
        "writes": tried,
        "longest_wait_ms": {table: wait * 1000 for table, wait in longest.items()},
    }


def stock(incident_id):
    """How many entries there are for how many compensations."""
    with registry.cursor() as cr:
        ((owed, entries, booked),) = rows(
            cr,
            "SELECT count(DISTINCT c.id), count(m.id), count(DISTINCT m.water_compensation_id)"
            " FROM water_compensation c LEFT JOIN account_move m"
            " ON m.water_compensation_id = c.id AND m.state <> 'cancel'"
            " WHERE c.incident_id = %s AND c.state = 'approved'",
            incident_id,
        )
    return {"owed": owed, "entries": entries, "booked": booked}


def progress_ms():
    """The screen of finance, while all of them are there."""

    def read(env):
        lines = env["water.compensation.progress"]
        return timing.typical_ms(env, lambda: (env.invalidate_all(), lines.search([]).read()))

    return alone(read)


def main():
    alone(lambda env: env.cr.execute("UPDATE ir_cron SET active = false"))
    incident_id, boss_id = alone(setup)
    result = {"accounts": ACCOUNTS}
    timing.progress(f"working out what {ACCOUNTS:,} accounts are owed ...")
    result["work_out"] = figures(lambda env: env["water.incident"]._cron_compensate())
    timing.progress("approving ...")

    def approve(env):
        mine = env["water.compensation"].with_user(boss_id)
        mine.search([("incident_id", "=", incident_id)]).action_approve()

    result["approve"] = figures(approve)
    timing.progress("booking, killed once ...")
    result["book"] = measure_booking()
    result |= stock(incident_id)
    result["progress_ms"] = progress_ms()
    timing.report(result)


main()
