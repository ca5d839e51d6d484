"""Makes scratch databases, runs the measurements in odoo shell, prints a table, keeps a file."""

import argparse
import json
import os
import subprocess
import threading
import time
from pathlib import Path

from .. import packages
from ..cluster import Cluster
from ..odoo import CORE, Odoo
from ..place import CHECKOUT, Place, Stop, end, main, say
from . import table

PEER = ("helpdesk_mgmt", "helpdesk_mgmt_sla")
PEER_PACKAGES = ("odoo-addon-helpdesk-mgmt==19.*", "odoo-addon-helpdesk-mgmt-sla==19.*")
STEPS = (1000, 10_000, 100_000)
HERE = Path(__file__).parent
#: As a server for a million cases has it; the measurements vacuum by themselves, at known times.
SETTINGS = ("shared_buffers=1GB", "work_mem=16MB", "autovacuum=off")


def _arguments():
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
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
        help="the most that one of the four measurements may take (default: %(default)g)",
    )
    parser.add_argument("--out", default="bench.json", help="result file, below .local")
    parser.add_argument("--no-peer", action="store_true", help="leave the peer out")
    arguments = parser.parse_args()
    if arguments.size < 1000:
        parser.error("--size is at least 1000")
    return arguments


class Bench:
    """The scratch cluster and what is measured on it."""

    def __init__(self, odoo, arguments):
        self.odoo, self.arguments = odoo, arguments
        self.sizes = [size for size in STEPS if size < arguments.size] + [arguments.size]

    def make(self, name, modules, language):
        """A database with ``modules`` and without demo data."""
        say(f"Making a database with {modules[-1]} ...")
        self.odoo._new(name)
        args = ["-d", name, "-i", ",".join(modules), f"--load-language={language}"]
        args += ["--without-demo=all", "--stop-after-init", "--no-http"]
        self.odoo.run(*args, failure=f"{', '.join(modules)} could not be installed")
        self.odoo._check_installed(name, modules)

    def measure(self, name, script, sizes, mix="usual"):
        """Run ``script`` in odoo shell on database ``name``; return what it found."""
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
                    WATER_BENCH_ACCOUNTS=str(table.ACCOUNTS),
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
        started = time.strftime("%Y-%m-%d")
        result = {"at": started, "machine": _machine(), "versions": self._versions()}
        self.make("bench-ours", ("water_service_desk", "water_complaints"), "zh_CN")
        self.odoo.copy("bench-ours", "bench-open")
        say(f"Measuring what an incident of {table.ACCOUNTS:,} accounts costs ...")
        self.odoo.copy("bench-ours", "bench-money")
        result["money"] = self.measure("bench-money", "money.py", self.sizes)
        self.odoo.drop("bench-money")
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

    def _versions(self):
        """Of PostgreSQL, Odoo, the peer and this checkout."""
        query = ["dpkg-query", "-W", "-f=${Version}", "odoo-19"]
        commit = ["git", "-c", "safe.directory=*", "-C", CHECKOUT, "rev-parse", "--short", "HEAD"]
        found = (self.odoo.place.local / "bench-peer").glob("odoo_addon_*.dist-info")
        return {
            "odoo": _output(query),
            "postgresql": self.odoo.cluster.sql("SHOW server_version"),
            "peer": sorted(path.name.removesuffix(".dist-info") for path in found),
            "commit": _output(commit),
        }


def _output(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {"cores": os.cpu_count(), "memory_gb": memory}


def _fetch_peer(place, python):
    """OCA's addons from PyPI in a folder of their own; the path of that folder's addons."""
    target = place.local / "bench-peer"
    mark = target / ".complete"
    if not mark.exists():
        say("Fetching OCA's helpdesk from PyPI, only to be measured ...")
        place.run(
            [python, "-m", "pip", "install", "-q", "--no-deps", "--upgrade", "--no-input"]
            + ["--disable-pip-version-check", "--target", target, *PEER_PACKAGES],
            log="pip.log",
            failure="the peer could not be fetched from PyPI: check the network and start again, "
            "or leave it out with --no-peer",
        )
        mark.touch()
    return target / "odoo" / "addons"


def _configure(odoo, peer_addons):
    """No limits of time and memory, and the peer's addons on the path."""
    place = odoo.place
    paths = [CORE / "addons", place.root / "addons", place.root / "config" / "debian" / "addons"]
    paths += [peer_addons] if peer_addons else []
    odoo.configure(
        addons_path=",".join(map(str, paths)),
        limit_time_cpu=0,
        limit_time_real=0,
        limit_memory_soft=0,
        limit_memory_hard=0,
    )


def bench():
    arguments = _arguments()
    place = Place()
    place.need_space(2000 + arguments.size * 16 // 1000)
    python = packages.environment(place, packages.ODOO)
    peer_addons = None if arguments.no_peer else _fetch_peer(place, python)
    cluster = Cluster(place, "pg-bench", durable=False, settings=SETTINGS)
    with place.lock("bench", wait=True):
        try:
            with cluster.running():
                odoo = Odoo(place, cluster, python, "data-bench")
                _configure(odoo, peer_addons)
                result = Bench(odoo, arguments).run()
        finally:
            cluster.remove()
    out = place.local / arguments.out
    out.write_text(json.dumps(result, indent=2))
    table.show(result)
    say(f"\nFigures: {out}")


main(bench)
