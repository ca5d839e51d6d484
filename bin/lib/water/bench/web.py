"""bin/bench web: fifty people at once on the public pages, by locust, which prints their waits.

Each has its own network address, so all limits apply; one in three sends a photo of 12 megapixels.
First with 5 to 10 seconds between two pages, then without a pause.
"""

import argparse
import json
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from .. import packages
from ..cluster import free_port
from ..place import Place, Stop, end, say
from .scratch import OURS, Scratch, scratch_odoo

HERE, NAME = Path(__file__).parent, "bench-web"
PEOPLE, WORKERS = 50, 2
#: limits of a worker, as in config/odoo.conf; zero workers would mean no limit
LIMITS = ("--limit-time-cpu=120", "--limit-time-real=240")
#: Daily actions run at night; for the first time they look at all that was filled in.
NIGHT = """
    UPDATE ir_cron SET nextcall = nextcall + interval '1 day'
     WHERE interval_type IN ('days', 'weeks', 'months')
"""


def _arguments():
    parser = argparse.ArgumentParser(prog="bin/bench web", description=__doc__)
    parser.add_argument("--seconds", type=int, default=120, help="of the run with pauses")
    parser.add_argument("--full", type=int, default=45, help="seconds of the run without")
    parser.add_argument("--size", type=int, default=100_000, help="cases in the table beforehand")
    parser.add_argument("command", choices=["web"], help=argparse.SUPPRESS)
    return parser.parse_args()


class WebBench(Scratch):
    """A server with two workers, and locust in front of it."""

    def run(self, locust):
        """Measure both ways."""
        self.make(NAME, OURS, "zh_CN")
        setup = self._prepare()
        with serving(self.odoo, NAME) as address:
            self._visit(locust, {**setup, "think": (0, 0.1)}, address, 8, quiet=True)  # caches
            say(f"{PEOPLE} people, 5 to 10 s between two pages ...")
            self._visit(locust, {**setup, "think": (5, 10)}, address, self.arguments.seconds)
            say(f"{PEOPLE} people without a pause ...")
            self._visit(locust, {**setup, "think": (0, 0)}, address, self.arguments.full)
        self.odoo.drop(NAME)

    def _prepare(self):
        """Fill in cases and create a photo; return what the visitors need to know."""
        place, photo = self.odoo.place, self.odoo.place.local / "bench-photo.jpg"
        variables = {
            "WATER_BENCH_SIZES": str(self.arguments.size),
            "WATER_BENCH_PHOTO": str(photo),
            "PYTHONPATH": str(HERE),
        }
        say(f"Filling to {self.arguments.size:,} cases ...")
        with (HERE / "web_ours.py").open() as script:
            done = subprocess.run(
                list(map(str, self.odoo.command("shell", "-d", NAME, "--no-http"))),
                stdin=script,
                capture_output=True,
                text=True,
                env=place.environment(**variables),
                check=False,
            )
        found = re.search(r"^RESULT (.*)$", done.stdout, re.M)
        if not found:
            raise Stop(f"{NAME} could not be filled\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
        self.odoo.cluster.sql("ANALYZE", NAME)
        self.odoo.cluster.sql(NIGHT, NAME)
        return {**json.loads(found[1]), "photo": str(photo)}

    def _visit(self, locust, setup, address, seconds, quiet=False):
        """Run locust for ``seconds``."""
        place, told = self.odoo.place, self.odoo.place.local / "bench-setup.json"
        told.write_text(json.dumps(setup))
        args = [locust, "-m", "locust", "-f", HERE / "visitors.py", "--headless", "--host", address]
        args += ["--users", PEOPLE, "--spawn-rate", 10, "--run-time", f"{seconds + 5}s"]
        args += ["--only-summary", "--reset-stats", "--exit-code-on-error", 0]
        args += ["--loglevel", "ERROR"]
        output = subprocess.DEVNULL if quiet else sys.stdout
        visit = place.start(
            args,
            env=place.environment(WATER_BENCH_SETUP=str(told)),
            stdout=output,
            stderr=output,
        )
        try:
            if visit.wait():
                raise Stop("locust failed")
        finally:
            end(visit)


@contextmanager
def serving(odoo, name):
    """Run Odoo with workers, and a mail server; yields its address."""
    place, smtp, port = odoo.place, free_port(), free_port()
    mail, log = place.local / "bench-mail", place.local / "log" / "bench-web.log"
    sink = [odoo.python, place.root / "bin" / "mailsink", "--folder", mail]
    args = ["-d", name, f"--workers={WORKERS}", "--proxy-mode", f"--http-port={port}"]
    args += [f"--gevent-port={free_port()}", "--max-cron-threads=1", "--smtp=127.0.0.1"]
    args += [f"--smtp-port={smtp}", "--log-level=warn", "--http-interface=127.0.0.1", *LIMITS]
    with log.open("ab") as output:
        sinking = place.start([*sink, "--smtp-port", smtp], stdout=output, stderr=output)
        server = place.start(odoo.command(*args), stdout=output, stderr=output)
    try:
        wait(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(server)
        end(sinking)
        subprocess.run(["rm", "-rf", str(mail)], check=True)


def wait(process, port, log):
    """Return once the process listens on the port."""
    for _attempt in range(600):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(3)  # the workers are forked after the port is open
                return
        time.sleep(0.1)
    raise Stop(f"the server does not start (details: {log})")


def web():
    """Run the command."""
    arguments, place = _arguments(), Place()
    place.need_space(4000)
    locust = packages.environment(place, packages.LOAD)
    settings = ("shared_buffers=1GB", "work_mem=16MB")
    with scratch_odoo(place, with_peer=False, settings=settings, durable=True) as odoo:
        WebBench(odoo, arguments).run(locust)
