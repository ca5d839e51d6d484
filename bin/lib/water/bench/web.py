"""bin/bench web: the public page with fifty people at once, beside the peer's portal form."""

import argparse
import json
import re
import socket
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .. import packages
from ..cluster import free_port
from ..place import Place, Stop, end, say
from . import web_table
from .processor import family_seconds
from .scratch import OURS, PEER, Scratch, scratch_odoo

HERE = Path(__file__).parent
PEOPLE, WORKERS = 50, 2
#: Seconds between two pages of one person.
THINK = (5, 10)
CASES = 100_000
#: Of a worker, as in config/odoo.conf: with workers, none means at once.
LIMITS = ("--limit-time-cpu=120", "--limit-time-real=240")
#: What runs once a day does so at night; for the first time it looks at all that was filled in.
NIGHT = """
    UPDATE ir_cron SET nextcall = nextcall + interval '1 day'
     WHERE interval_type IN ('days', 'weeks', 'months')
"""
SIDES = {"Ours": ("bench-web", OURS), "Peer": ("bench-web-peer", PEER)}


def _arguments():
    parser = argparse.ArgumentParser(prog="bin/bench web", description=__doc__)
    parser.add_argument("--seconds", type=int, default=120, help="of the run with thinking")
    parser.add_argument("--full", type=int, default=45, help="seconds of the run without")
    parser.add_argument("--size", type=int, default=CASES, help="cases in the table beforehand")
    parser.add_argument("--out", default="bench-web.json", help="result file, below .local")
    parser.add_argument("--no-peer", action="store_true", help="leave the peer out")
    parser.add_argument("command", choices=["web"], help=argparse.SUPPRESS)
    return parser.parse_args()


class WebBench(Scratch):
    """Servers with two workers, and locust in front of them."""

    def __init__(self, odoo, arguments, locust):
        super().__init__(odoo, arguments)
        self.locust, self.local = locust, odoo.place.local

    def run(self):
        """Measure one after the other; return everything as one dictionary."""
        result = self.head()
        result |= {"people": PEOPLE, "workers": WORKERS, "think": THINK, "cases": None}
        result["cases"] = self.arguments.size
        for side, (name, modules) in SIDES.items():
            if side == "Peer" and self.arguments.no_peer:
                continue
            self.make(name, modules, "zh_CN")
            result[side] = self.measure(side, name)
            self.odoo.drop(name)
        return result

    def measure(self, side, name):
        """Both runs against one server: as people are, and without a pause."""
        kept = self.local / "bench-kept.json"
        kept.unlink(missing_ok=True)
        setup = {**self._prepare(side, name), "kept": str(kept)}
        with self.serving(name) as (address, server):
            visit = partial(self._visit, side, {**setup, "hosts": [address]}, [server], PEOPLE)
            # each worker builds its caches once, and whoever needs a login signs in
            visit((0, 0.1), 8 if side == "Ours" else 40)
            say(f"{PEOPLE} people, {THINK[0]} to {THINK[1]} s between two pages ...")
            usual = visit(THINK, self.arguments.seconds)
            say(f"{PEOPLE} people without a pause ...")
            return {"usual": usual, "full": visit((0, 0), self.arguments.full)}

    def _prepare(self, side, name):
        """Cases, people and a photo; what the visitors have to know."""
        place = self.odoo.place
        photo = self.local / "bench-photo.jpg"
        variables = {
            "WATER_BENCH_SIZES": str(self.arguments.size),
            "WATER_BENCH_PEOPLE": str(PEOPLE),
            "WATER_BENCH_PHOTO": str(photo),
            "PYTHONPATH": str(HERE),
        }
        say(f"Filling to {self.arguments.size:,} cases ...")
        with (HERE / f"web_{side.lower()}.py").open() as script:
            done = subprocess.run(
                list(map(str, self.odoo.command("shell", "-d", name, "--no-http"))),
                stdin=script,
                capture_output=True,
                text=True,
                env=place.environment(**variables),
                check=False,
            )
        found = re.search(r"^RESULT (.*)$", done.stdout, re.M)
        if not found:
            raise Stop(f"{name} could not be filled\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
        self.odoo.cluster.sql("ANALYZE", name)
        self.odoo.cluster.sql(NIGHT, name)
        return {**json.loads(found[1]), "photo": str(photo)}

    @contextmanager
    def serving(self, name, workers=WORKERS, jobs=1, more=()):
        """Odoo with workers, ``jobs`` of them for jobs, a mail server; its address and process."""
        place, smtp, port = self.odoo.place, free_port(), free_port()
        mail, log = self.local / "bench-mail", self.local / "log" / "bench-web.log"
        sink = [self.odoo.python, place.root / "bin" / "mailsink", "--folder", mail]
        args = ["-d", name, f"--workers={workers}", "--proxy-mode", *more]
        args += [f"--http-port={port}", f"--gevent-port={free_port()}"]
        args += [f"--max-cron-threads={jobs}"]
        args += ["--smtp=127.0.0.1", f"--smtp-port={smtp}", "--log-level=warn"]
        args += ["--http-interface=127.0.0.1", *LIMITS]
        with log.open("ab") as output:
            sinking = place.start([*sink, "--smtp-port", smtp], stdout=output, stderr=output)
            serving = place.start(self.odoo.command(*args), stdout=output, stderr=output)
        try:
            _wait(serving, port, log)
            yield f"http://127.0.0.1:{port}", serving
        finally:
            end(serving)
            end(sinking)
            subprocess.run(["rm", "-rf", str(mail)], check=True)

    def _visit(self, side, setup, servers, people, think, seconds):
        """Let everybody in for ``seconds``; what they have waited for."""
        place, out = self.odoo.place, self.local / "bench-visit.json"
        told = self.local / "bench-setup.json"
        out.unlink(missing_ok=True)
        told.write_text(json.dumps({**setup, "think": think, "out": str(out)}))
        args = [self.locust, "-m", "locust", "-f", HERE / "visitors.py", "--headless", side]
        args += ["--users", people, "--spawn-rate", 10, "--run-time", f"{seconds + 5}s"]
        args += ["--only-summary", "--exit-code-on-error", 0]
        variables = place.environment(WATER_BENCH_SETUP=str(told))
        began = self._processor_seconds(servers)
        place.run(args, log="bench-locust.log", failure="locust failed", env=variables)
        found = json.loads(out.read_text())
        spent = zip(began, self._processor_seconds(servers), strict=True)
        each = [1000 * (now - then) / max(1, found["requests"]) for then, now in spent]
        return {**found, "cpu_ms": sum(each), "database_cpu_ms": each[0]}

    def _processor_seconds(self, servers):
        """Processor time so far of PostgreSQL and of each of Odoo's servers."""
        database = int((self.odoo.cluster.folder / "postmaster.pid").read_text().split()[0])
        return [family_seconds(pid) for pid in (database, *(each.pid for each in servers))]


def _wait(process, port, log):
    for _attempt in range(600):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(3)  # the workers are forked after the port is open
                return
        time.sleep(0.1)
    raise Stop(f"Odoo does not start (details: {log})")


def web():
    """Run the command; prints a table and writes a file."""
    arguments = _arguments()
    place = Place()
    place.need_space(4000)
    locust = packages.environment(place, packages.LOAD)
    settings = ("shared_buffers=1GB", "work_mem=16MB")
    with scratch_odoo(place, not arguments.no_peer, settings=settings, durable=True) as odoo:
        result = WebBench(odoo, arguments, locust).run()
    out = place.local / arguments.out
    out.write_text(json.dumps(result, indent=2))
    web_table.show(result)
    say(f"\nFigures: {out}")
