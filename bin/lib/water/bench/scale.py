"""bin/bench scale: filings and pages a second with more web processes and nodes, one database."""

import argparse
import json
import os
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path

from .. import packages
from ..cluster import Cluster
from ..place import Place, say
from .processor import family
from .scratch import OURS, scratch_odoo
from .table import write
from .web import CASES, WebBench

#: (nodes, web processes of each, whether pages that only read ask a replica)
RUNS = [(nodes, processes, False) for nodes in (1, 2) for processes in (1, 2, 4)]
RUNS += [(2, 2, True), (2, 4, True)]
#: What a web process may use of this machine's processors: little enough that what limits a run
#: are the nodes, and neither database nor visitors, which share the machine with them.
SHARE = 0.06
#: At once for each web process, without a pause.
PEOPLE = 6
NAME = "bench-scale"
#: Made for us by ``bin/bench`` where the kernel has it: control groups of the processor.
GROUPS = Path("/sys/fs/cgroup/cpu/water-bench")
PERIOD = 10_000


class Replica(Cluster):
    """A copy of a running server that follows it and answers what only reads."""

    def __init__(self, primary):
        super().__init__(primary.place, "pg-bench-replica", True, primary.settings)
        self.primary = primary
        self.password_file = primary.password_file

    def _create(self):
        args = [self.bin / "pg_basebackup", "-D", self.folder, "-R", "-X", "stream"]
        environment = self.place.environment(**self.primary.environment)
        self.place.run(
            [*args, "-c", "fast"],
            log="initdb.log",
            failure="the replica could not be made",
            env=environment,
        )

    @contextmanager
    def running(self):
        """Keep it up as long as the context lasts, and remove it then."""
        self.remove()
        try:
            with super().running():
                yield self
        finally:
            self.remove()


class Machine:
    """The processors that a node may use, as if it were a machine of its own."""

    def __init__(self, number):
        self.folder = GROUPS / f"node-{number}"
        if GROUPS.is_dir():
            self.folder.mkdir(exist_ok=True)
            self._limit(0)

    def take(self, process):
        """Hold a process in it, and its workers, which are there already."""
        for pid in family(process.pid) if self.folder.is_dir() else ():
            (self.folder / "cgroup.procs").write_text(str(pid))

    def _limit(self, processors):
        """Give it so many processors, 0 for all that there are."""
        if self.folder.is_dir():
            (self.folder / "cpu.cfs_period_us").write_text(str(PERIOD))
            quota = round(processors * PERIOD) or -1
            (self.folder / "cpu.cfs_quota_us").write_text(str(quota))

    @contextmanager
    def limited(self, processors):
        """Give it so many processors for a while."""
        self._limit(processors)
        try:
            yield
        finally:
            self._limit(0)


class ScaleBench(WebBench):
    """One database, and one node after the other before it."""

    def run(self):
        """Measure every number of nodes and processes; return it as one dictionary."""
        result = {**self.head(), "cases": self.arguments.size, "limited": GROUPS.is_dir()}
        self.make(NAME, OURS, "zh_CN")
        setup = self._prepare("Ours", NAME)
        setup["kept"] = str(self.local / "bench-kept.json")
        result["runs"] = [self._measured(setup, *each) for each in RUNS]
        return result

    def _measured(self, setup, nodes, processes, with_replica):
        """One row: what so many nodes of so many processes did."""
        reads = " and a replica" if with_replica else ""
        say(f"{nodes} nodes with {processes} web processes each{reads} ...")
        replica = Replica(self.odoo.cluster).running() if with_replica else nullcontext()
        with ExitStack() as stack:
            more = _reading(stack.enter_context(replica))
            found, machines = [], [Machine(number) for number in range(nodes)]
            for machine in machines:
                serving = self.serving(NAME, processes, 0, more)
                found.append(stack.enter_context(serving))
                machine.take(found[-1][1])
            hosts, servers = zip(*found, strict=True)
            people = PEOPLE * nodes * processes
            visit = partial(self._visit, "Ours", {**setup, "hosts": hosts}, servers, people)
            visit((0, 0.1), 10)  # each process builds its caches once
            for machine in machines:
                stack.enter_context(machine.limited(SHARE * (os.cpu_count() or 1) * processes))
            row = visit((0, 0), self.arguments.seconds)
        say(f"  {_rate(row):.1f} pages a second")
        return {"nodes": nodes, "processes": processes, "replica": with_replica, **row}


def _reading(replica):
    """The options by which Odoo asks a replica."""
    if replica is None:
        return []
    return ["--db_replica_host=127.0.0.1", f"--db_replica_port={replica.port}"]


def show(result):
    """Print the runs as Markdown."""
    write(list(_rows(result["runs"])))
    if not result["limited"]:
        say("Nodes were not limited: this is what all of them together got of this machine.")


def _rows(runs):
    """Label, pages a second with their ratio to one node, filings a second, processor time."""
    yield (
        "nodes x web processes",
        "pages a second (x one node)",
        "filings a second",
        "processor time a page, ms (of it the database's)",
    )
    alone = {run["processes"]: _rate(run) for run in runs if run["nodes"] == 1}
    for run in runs:
        label = f"{run['nodes']} x {run['processes']}{', replica' if run['replica'] else ''}"
        ratio = _rate(run) / alone[run["processes"]]
        cpu = f"{run['cpu_ms']:.0f} ({run['database_cpu_ms']:.0f})"
        yield label, f"{_rate(run):.1f} ({ratio:.2f})", f"{_rate(run, 'send'):.2f}", cpu


def _rate(run, name=""):
    rows = (row for key, row in run["rows"].items() if key.startswith(name))
    return sum(row["count"] - row["failed"] for row in rows) / run["seconds"]


def scale():
    """Run the command; prints a table and writes a file."""
    parser = argparse.ArgumentParser(prog="bin/bench scale", description=__doc__)
    parser.add_argument("--seconds", type=int, default=45, help="of each run")
    parser.add_argument("--size", type=int, default=CASES, help="cases in the table beforehand")
    parser.add_argument("--out", default="bench-scale.json", help="result file, below .local")
    parser.add_argument("command", choices=["scale"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    place = Place()
    place.need_space(6000)
    locust = packages.environment(place, packages.LOAD)
    settings = ("shared_buffers=512MB", "work_mem=16MB")
    with scratch_odoo(place, False, settings=settings, durable=True) as odoo:
        result = ScaleBench(odoo, arguments, locust).run()
    out = place.local / arguments.out
    out.write_text(json.dumps(result, indent=2))
    show(result)
    say(f"\nFigures: {out}")
