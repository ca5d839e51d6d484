"""bin/bench desk: what an agent waits for, in a browser, beside Odoo's own project app."""

import argparse
import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .. import packages
from ..cluster import free_port
from ..place import Place, Stop, end, say
from . import desk_table
from .scratch import OURS, Scratch, scratch_odoo
from .web import _wait

HERE = Path(__file__).parent
NAME = "bench-desk"
CASES = 20_000


def _arguments():
    parser = argparse.ArgumentParser(prog="bin/bench desk", description=__doc__)
    parser.add_argument("--size", type=int, default=CASES, help="cases, and as many tasks")
    parser.add_argument("--rounds", type=int, default=7, help="times that each act is done")
    parser.add_argument("--out", default="bench-desk.json", help="result file, below .local")
    parser.add_argument("command", choices=["desk"], help=argparse.SUPPRESS)
    return parser.parse_args()


class DeskBench(Scratch):
    """One database, one server, one browser."""

    def run(self, browser):
        """Measure; returns everything as one dictionary."""
        result = {**self.head(), "cases": self.arguments.size, "rounds": self.arguments.rounds}
        self.make(NAME, (*OURS, "project"), "zh_CN")
        known = self.fill()
        with self.serving() as told:
            result["acts"] = self.visit(browser, {**known, **told})
        self.odoo.drop(NAME)
        return result

    def fill(self):
        """Cases and tasks; what the browser has to know of them."""
        say(f"Filling to {self.arguments.size:,} cases and tasks ...")
        place = self.odoo.place
        with (HERE / "desk_fill.py").open() as script:
            done = subprocess.run(
                list(map(str, self.odoo.command("shell", "-d", NAME, "--no-http"))),
                stdin=script,
                capture_output=True,
                text=True,
                env=place.environment(
                    WATER_BENCH_SIZES=str(self.arguments.size), PYTHONPATH=str(HERE)
                ),
                check=False,
            )
        found = re.search(r"^RESULT (.*)$", done.stdout, re.M)
        if not found:
            raise Stop(f"{NAME} could not be filled\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
        self.odoo.cluster.sql("ANALYZE", NAME)
        return json.loads(found[1])

    @contextmanager
    def serving(self):
        """Odoo in one process, which writes the queries of each request into its log."""
        place, port = self.odoo.place, free_port()
        log = place.local / "log" / "bench-desk.log"
        args = ["-d", NAME, "--workers=0", f"--http-port={port}", "--max-cron-threads=0"]
        args += ["--http-interface=127.0.0.1", "--log-handler=:WARNING"]
        args += ["--log-handler=werkzeug:INFO"]
        with log.open("wb") as output:
            serving = place.start(self.odoo.command(*args), stdout=output, stderr=output)
        try:
            _wait(serving, port, log)
            yield {"host": f"http://localhost:{port}", "log": str(log), "pids": self._pids(serving)}
        finally:
            end(serving)

    def _pids(self, server):
        """Of Odoo and of PostgreSQL, whose processor time is the server's."""
        database = (self.odoo.cluster.folder / "postmaster.pid").read_text().split()[0]
        return [server.pid, int(database)]

    def visit(self, browser, told):
        """Do all acts in the browser; their figures."""
        say("Opening, saving and looking ...")
        place = self.odoo.place
        setup, out = place.local / "bench-setup.json", place.local / "bench-visit.json"
        told |= {"rounds": self.arguments.rounds, "out": str(out)}
        setup.write_text(json.dumps({**told, "chromium": shutil.which("chromium")}))
        script = [browser, HERE / "desk_visit.py", setup]
        place.run(script, log="bench-desk-browser.log", failure="the browser failed")
        return json.loads(out.read_text())


def desk():
    """Run the command; prints a table and writes a file."""
    arguments, place = _arguments(), Place()
    place.need_space(3000 + arguments.size * 8 // 1000)
    browser = packages.environment(place, packages.BROWSER)
    with scratch_odoo(place, with_peer=False) as odoo:
        result = DeskBench(odoo, arguments).run(browser)
    out = place.local / arguments.out
    out.write_text(json.dumps(result, indent=2))
    desk_table.show(result)
    say(f"\nFigures: {out}")
