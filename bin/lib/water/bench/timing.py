"""What both measurements share; imported inside odoo shell."""

import json
import os
import resource
import statistics
import time


def sizes():
    """The table sizes asked for, ascending."""
    return sorted(int(size) for size in os.environ["WATER_BENCH_SIZES"].split(","))


def median_ms(work, times=15):
    """Median wall-clock time of ``work()`` in milliseconds, after two runs to warm up."""
    spans = []
    for number in range(times + 2):
        start = time.perf_counter()
        work()
        if number >= 2:
            spans.append((time.perf_counter() - start) * 1000)
    return statistics.median(spans)


def counted(env, work):
    """Run ``work()``; return its seconds and the number of queries, flushed."""
    env.flush_all()
    env.invalidate_all()
    before, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    return time.perf_counter() - start, env.cr.sql_log_count - before


def report(result):
    """Print the result where the caller finds it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print("RESULT " + json.dumps({**result, "peak_mb": peak}), flush=True)
    os._exit(0)


def clone(env, table, count, changes):
    """Copy the newest row of ``table`` ``count`` times in SQL.

    :param changes: {column: SQL expression that may use ``n``, the number of the copy}
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
    )
    columns = [name for (name,) in env.cr.fetchall() if name != "id"]
    values = [changes.get(name, f't."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} "
        f"FROM (SELECT * FROM {table} ORDER BY id DESC LIMIT 1) t, generate_series(1, {count}) n"
    )
