"""Helpers of the measurements, imported inside odoo shell."""

import json
import os
import resource
import statistics
import time
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

#: What the web client asks for: rows of a list, cards of a column, and the limit of counting.
LIST_LIMIT, COLUMN_LIMIT, COUNT_LIMIT = 80, 40, 10001


def sizes():
    """The table sizes asked for, ascending."""
    return sorted(int(size) for size in os.environ["WATER_BENCH_SIZES"].split(","))


def typical_ms(env, work, times=11, patience=20):
    """How long ``work()`` takes, after two runs to warm up, in milliseconds.

    :param patience: seconds after which no further run is begun
    :return: the ``fastest`` and the ``median`` by the wall clock, and ``cpu``, the processor
        time of Odoo and its database connection for one run: others who use the machine add to
        the first two, hardly to the last
    """
    work(), work()
    spans, began, cpu = [], time.perf_counter(), processor_seconds(env)
    while len(spans) < times and time.perf_counter() - began < patience:
        start = time.perf_counter()
        work()
        spans.append((time.perf_counter() - start) * 1000)
    cpu = (processor_seconds(env) - cpu) / len(spans) * 1000
    return {"fastest": min(spans), "median": statistics.median(spans), "cpu": cpu}


def processor_seconds(env):
    """Processor time so far of this process and of its connection's server process."""
    pid = env.cr._cnx.get_backend_pid()
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def counted(env, work):
    """Run ``work()``; return its wall-clock seconds, processor seconds and number of queries."""
    env.flush_all()
    env.invalidate_all()
    queries, start, cpu = env.cr.sql_log_count, time.perf_counter(), processor_seconds(env)
    work()
    env.flush_all()
    seconds = time.perf_counter() - start
    return seconds, processor_seconds(env) - cpu, env.cr.sql_log_count - queries


def batches(env, create, number):
    """Figures of creating ``number`` records together, the best of five such batches."""
    spans = []
    for _batch in range(5):
        spans.append(counted(env, create))
        env.cr.commit()
    seconds, cpu, queries = (min(column) for column in zip(*spans, strict=True))
    return {
        "batch_per_second": number / seconds,
        "batch_per_cpu_second": number / cpu,
        "queries_per_case": queries / number,
    }


def move(env, work):
    """Figures of moving a hundred records."""
    seconds, cpu, queries = counted(env, work)
    return {"move_queries": queries, "move_ms": seconds * 1000, "move_cpu_ms": cpu * 1000}


def peak_mb():
    """Most memory this process has held since ``reset_peak``, in MB."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def reset_peak():
    """Begin to watch the memory anew, where the kernel allows it."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass  # the peak of the whole process is reported then


def progress(text):
    """Tell the person at the terminal."""
    print(f"PROGRESS {text}", flush=True)


def report(result):
    """Print the result where the caller finds it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print("RESULT " + json.dumps({**result, "peak_mb": peak}), flush=True)
    os._exit(0)


def vacuum(env, *tables):
    """Vacuum and analyze the tables, as autovacuum would.

    Rows of asynchronous commits count as visible to all only once they are on disk; otherwise a
    third of the pages would be left out of the visibility map and read by each count.
    """
    env.cr.execute("SELECT pg_current_xact_id()")  # otherwise there would be nothing to wait for
    env.cr.execute("SET LOCAL synchronous_commit = on")
    env.cr.commit()
    env.cr._cnx.autocommit = True
    for table in tables:
        env.cr.execute(f"VACUUM (ANALYZE) {table}")
    env.cr._cnx.autocommit = False
    env.invalidate_all()


def clone(env, table, template, rows, changes):
    """Copy rows of ``table`` in SQL, past the foreign keys' triggers and most of the indexes.

    :param template: SQL condition that picks the rows to copy
    :param rows: SQL subquery; each of its rows makes one copy of each row picked
    :param changes: {column: SQL expression over ``t``, the template, and ``g``, the row}
    """
    env.cr.execute("SET LOCAL session_replication_role = replica")
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    columns = [name for (name,) in env.cr.fetchall() if name != "id" or name in changes]
    values = [changes.get(name, f't."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    with _without_indexes(env, table):
        env.cr.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} "
            f"FROM ({rows}) g CROSS JOIN (SELECT * FROM {table} WHERE {template}) t"
        )
    env.cr.execute("SET LOCAL session_replication_role = DEFAULT")


@contextmanager
def _without_indexes(env, table):
    """Drop the independent indexes of ``table`` and rebuild them at the end.

    Sorting millions of rows once per index is far quicker than inserting each.
    """
    env.cr.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND NOT (indisunique OR indisexclusion)",
        [table],
    )
    indexes = env.cr.fetchall()
    for name, _definition in indexes:
        env.cr.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        env.cr.execute(definition)


class Screens:
    """Asks the server for lists and boards as the web client does, with the views' own fields."""

    def __init__(self, model, domain=()):
        """Read the views of ``model``, an empty recordset of a user who is no superuser."""
        self.model = model
        self.domain = list(domain)
        self.list = self._view("list")
        self.board = self.pivot = None

    def _view(self, kind):
        return etree.fromstring(self.model.get_view(view_type=kind)["arch"])

    def _specification(self, arch):
        nodes = [node for node in arch.iter("field") if not list(node.iterancestors("field"))]
        fields = [self.model._fields[node.get("name")] for node in nodes]
        return {
            field.name: {"fields": {"display_name": {}}} if field.type == "many2one" else {}
            for field in fields
        }

    def read_list(self):
        """The first page of the list and its count: one request."""
        self.model.env.invalidate_all()
        return self.model.web_search_read(
            self.domain,
            self._specification(self.list),
            limit=LIST_LIMIT,
            order=self.list.get("default_order"),
            count_limit=COUNT_LIMIT,
        )

    def read_board(self):
        """Columns with their counts, the first cards of each, and the bars: two requests."""
        if self.board is None:
            self.board = self._view("kanban")
        arch = self.board
        asks = {"read_group_expand": True, "water_columns_at_a_glance": True}
        model = self.model.with_context(**asks)
        model.env.invalidate_all()
        result = model.web_read_group(
            self.domain,
            [arch.get("default_group_by")],
            order=arch.get("default_order"),
            auto_unfold=True,
            unfold_read_specification=self._specification(arch),
            unfold_read_default_limit=int(arch.get("limit") or COLUMN_LIMIT),
        )
        bar = arch.find("progressbar")
        if bar is not None:
            model.env.invalidate_all()
            bars = {"field": bar.get("field"), "colors": json.loads(bar.get("colors"))}
            model.read_progress_bar(self.domain, arch.get("default_group_by"), bars)
        return result

    def read_pivot(self):
        """The pivot as it opens, with totals of its rows and columns: one request."""
        if self.pivot is None:
            self.pivot = self._view("pivot")
        shown = [node for node in self.pivot.iter("field") if not node.get("invisible")]
        parts = {
            kind: [self._grouped(node) for node in shown if node.get("type") == kind]
            for kind in ("row", "col")
        }
        measures = [f"{node.get('name')}:sum" for node in shown if not node.get("type")]
        sets = [
            parts["row"][:rows] + parts["col"][:columns]
            for rows in range(len(parts["row"]) + 1)
            for columns in range(len(parts["col"]) + 1)
        ]
        self.model.env.invalidate_all()
        return self.model.formatted_read_grouping_sets(self.domain, sets, measures or ["__count"])

    def _grouped(self, node):
        name = node.get("name")
        return f"{name}:month" if self.model._fields[name].type == "datetime" else name
