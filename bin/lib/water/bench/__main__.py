"""Makes scratch databases, runs the measurements in odoo shell, prints a table, keeps a file."""

import argparse
import json
import subprocess
import sys
import threading
from pathlib import Path

from ..place import Place, Stop, end, main, say
from . import table
from .phone import phone
from .scratch import OURS, PEER, Scratch, scratch_odoo
from .web import web

STEPS = (1000, 10_000, 100_000)
HERE = Path(__file__).parent


def _arguments():
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description=__doc__,
        epilog="others: bin/bench web --help, bin/bench phone --help",
    )
    parser.add_argument(
        "--size",
        type=int,
        default=1_000_000,
        help="cases in the largest table, at least 1,000 (default: %(default)s)",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=60,
        help="the most that one of the three measurements may take (default: %(default)g)",
    )
    parser.add_argument("--out", default="bench.json", help="result file, below .local")
    parser.add_argument("--no-peer", action="store_true", help="leave the peer out")
    arguments = parser.parse_args()
    if arguments.size < 1000:
        parser.error("--size is at least 1000")
    return arguments


class Bench(Scratch):
    """Measurements inside Odoo."""

    def __init__(self, odoo, arguments):
        super().__init__(odoo, arguments)
        self.sizes = [size for size in STEPS if size < arguments.size] + [arguments.size]

    def measure(self, name, script, sizes, mix="usual"):
        """Run ``script`` in odoo shell on database ``name``; return its results."""
        place = self.odoo.place
        with (HERE / script).open() as source:
            process = place.start(
                self.odoo.command("shell", "-d", name, "--no-http", "--log-level=critical"),
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=(place.local / "log" / "bench.log").open("ab"),
                text=True,
                env=place.environment(
                    WATER_BENCH_SIZES=",".join(map(str, sizes)),
                    WATER_BENCH_MIX=mix,
                    WATER_BENCH_EVERY=str(table.EVERY),
                    PYTHONPATH=str(HERE),
                ),
            )
        watch = threading.Timer(self.arguments.minutes * 60, process.kill)
        watch.start()
        try:
            return self._listen(process, script)
        finally:
            watch.cancel()
            end(process)

    def _listen(self, process, script):
        lines = []
        for line in process.stdout:
            kind, _blank, text = line.partition(" ")
            if kind == "RESULT":
                return json.loads(text)
            if kind == "PROGRESS":
                say(f"  {text.rstrip()}")
            lines.append(line)
        log = self.odoo.place.local / "log" / "bench.log"
        raise Stop(f"{script} did not come to its end (details: {log})\n{''.join(lines[-20:])}")

    def run(self):
        """Measure the addons and the peer; return everything as one dictionary."""
        result = self.head()
        self.make("bench-ours", OURS, "zh_CN")
        self.odoo.copy("bench-ours", "bench-open")
        say(f"Measuring the addons, 1 case in {table.EVERY} open ...")
        result["this"] = self.measure("bench-ours", "ours.py", self.sizes)
        self.odoo.drop("bench-ours")
        say("Measuring the addons, all cases open ...")
        sizes = [size for size in self.sizes if size >= 10_000] or self.sizes
        result["all_open"] = self.measure("bench-open", "ours.py", sizes, mix="open")
        self.odoo.drop("bench-open")
        if not self.arguments.no_peer:
            self.make("bench-peer", PEER, "zh_CN")
            say("Measuring OCA's helpdesk ...")
            result["peer"] = self.measure("bench-peer", "peer.py", self.sizes)
            self.odoo.drop("bench-peer")
        return result


def bench():
    arguments = _arguments()
    place = Place()
    place.need_space(2000 + arguments.size * 16 // 1000)
    with scratch_odoo(place, not arguments.no_peer) as odoo:
        result = Bench(odoo, arguments).run()
    out = place.local / arguments.out
    out.write_text(json.dumps(result, indent=2))
    table.show(result)
    say(f"\nFigures: {out}")


main({"web": web, "phone": phone}.get(" ".join(sys.argv[1:2]), bench))
