"""The cases of an incident are sealed: by one scheduled action, and by two beside each other."""

import multiprocessing
import time

import timing

import odoo.sql_db
from odoo import SUPERUSER_ID, api, fields

registry = globals()["env"].registry  # given by odoo shell
#: Cases sealed in each of the runs.
CASES = 120
forks = multiprocessing.get_context("fork")


def wait_to_be_sealed():
    """Have so many archived cases wait, and no others."""
    with registry.cursor() as cr:
        cr.execute("UPDATE water_complaint SET seal_due_at = NULL WHERE seal_due_at IS NOT NULL")
        cr.execute(
            "UPDATE water_complaint SET seal_due_at = %s WHERE id IN (SELECT id FROM"
            " water_complaint WHERE archived_at IS NOT NULL AND archive_digest IS NULL LIMIT %s)",
            [fields.Datetime.now(), CASES],
        )
        assert cr.rowcount == CASES


def seal(spent):
    """What a scheduled action does, in a process of its own; ``spent`` hears its processor time."""
    odoo.sql_db.close_all()  # connections of the parent
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        before = timing.processor_seconds(env)
        env["water.archive"]._cron_seal()
        spent.put(timing.processor_seconds(env) - before)


def seconds_of(count):
    """How long ``count`` processes take for what waits, and their processor time; for each case."""
    wait_to_be_sealed()
    spent = forks.Queue()
    workers = [forks.Process(target=seal, args=[spent]) for _number in range(count)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    cpu = sum(spent.get() for _worker in workers)
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - start
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM water_complaint WHERE seal_due_at IS NOT NULL")
        assert cr.fetchone() == (0,), "cases were left, or failed"
    return seconds / CASES, cpu / CASES


def main():
    timing.progress(f"sealing {CASES} cases ...")
    alone, cpu = seconds_of(1)
    timing.progress(f"sealing {CASES} more by two ...")
    two, two_cpu = seconds_of(2)
    seconds = {"alone_s": alone, "alone_cpu_s": cpu, "two_s": two, "two_cpu_s": two_cpu}
    timing.report({"cases": CASES, **seconds})


main()
