"""Makes the database, runs the measurements in odoo shell, prints a table, keeps a JSON file."""

import argparse
import json
import os
import platform
import subprocess
import time
from pathlib import Path

from .. import packages
from ..cluster import Cluster
from ..odoo import ADDONS, Odoo
from ..place import CHECKOUT, Place, Stop, main, say

PEER = ("helpdesk_mgmt", "helpdesk_mgmt_sla")
PEER_PACKAGES = ("odoo-addon-helpdesk_mgmt==19.*", "odoo-addon-helpdesk_mgmt_sla==19.*")
NAME = "water-bench"
HERE = Path(__file__).parent


def _arguments():
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument(
        "--cases",
        default="1000,10000,100000,1000000",
        help="sizes of the table at which to measure, ascending (default: %(default)s)",
    )
    parser.add_argument(
        "--peer-cases", default="1000,30000", help="the same for the peer (default: %(default)s)"
    )
    parser.add_argument("--out", default="bench.json", help="result file below .local")
    return parser.parse_args()


def _fetch_peer(place, python):
    target = place.local / "bench-peer"
    mark = target / ".complete"
    if not mark.exists():
        say("Fetching OCA's helpdesk from PyPI, only to be measured ...")
        place.run(
            [python, "-m", "pip", "install", "-q", "--no-deps", "--upgrade", "--no-input"]
            + ["--disable-pip-version-check", "--target", target, *PEER_PACKAGES],
            log="pip.log",
            failure="the peer could not be fetched from PyPI: check the network and start again",
        )
        mark.touch()
    return target / "odoo" / "addons"


def _measure(odoo, script, sizes):
    process = odoo.place.start(
        odoo.command("shell", "-d", NAME, "--no-http", "--log-level=error"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=odoo.place.environment(WATER_BENCH_SIZES=sizes, PYTHONPATH=str(HERE)),
    )
    output, errors = process.communicate((HERE / script).read_text())
    for line in output.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line.removeprefix("RESULT "))
    raise Stop(f"{script} failed:\n{output[-1500:]}\n{errors[-3000:]}")


def _machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {"cores": os.cpu_count(), "memory_gb": memory, "system": platform.platform()}


def _print_table(rows):
    say("")
    width = max(len(row[0]) for row in rows)
    say(f"{'':{width}}  {'this':>14}  {'peer':>14}  {'to reach':>22}")
    for label, ours, peer, wanted in rows:
        say(f"{label:{width}}  {ours:>14}  {peer:>14}  {wanted:>22}")


def _rows(ours, peer):
    """The table: label, our figure, the peer's figure, what design asks for."""
    factor = ours["batch_per_second"] / peer["batch_per_second"]
    rows = [
        (
            f"batch create, cases/s ({ours['clocks_per_case']} and 2 clocks)",
            f"{ours['batch_per_second']:.0f}",
            f"{peer['batch_per_second']:.0f}",
            f">= 10 x peer: {factor:.1f} x",
        ),
        (
            "queries per case created",
            f"{ours['queries_per_case']:.2f}",
            f"{peer['queries_per_case']:.1f}",
            "<= 3",
        ),
        ("queries to move 100", str(ours["move_queries"]), str(peer["move_queries"]), "<= 150"),
        ("one deadline, µs", f"{ours['deadline_us']:.1f}", f"{peer['deadline_us']:.0f}", "<= 10"),
    ]
    rows += _rows_by_size(ours, peer)
    rows.append(("peak memory, MB", str(ours["peak_mb"]), str(peer["peak_mb"]), ""))
    return rows


def _rows_by_size(ours, peer):
    """The rows that depend on how many cases there are."""
    rows = []
    first = next(iter(ours["sizes"].values()))["create_ms"]
    for size, figures in ours["sizes"].items():
        other = peer["sizes"].get(size, {})
        times = figures["create_ms"] / first
        rows.append(
            (
                f"create + commit at {int(size):,}, ms",
                f"{figures['create_ms']:.1f}",
                f"{other['create_ms']:.1f}" if other else "–",
                f"<= 1.3 x first: {times:.2f} x",
            )
        )
        for key, label, goal in (
            ("board_ms", "board", "<= 50"),
            ("list_ms", "list", "<= 50"),
            ("duty_ms", "duty board", "<= 50"),
            ("sweep_s", "sweep of 10,000 due, s", "<= 10"),
        ):
            if key in figures:
                text = label if key == "sweep_s" else f"{label}, ms"
                rows.append(
                    (
                        f"{text}, at {int(size):,}",
                        f"{figures[key]:.1f}",
                        f"{other[key]:.1f}" if key in other else "–",
                        goal,
                    )
                )
    return rows


def bench():
    arguments = _arguments()
    place = Place()
    place.need_space(12000)
    python = packages.environment(place, packages.ODOO)
    peer_addons = _fetch_peer(place, python)
    cluster = Cluster(place, "pg-bench", durable=False)
    with place.lock("bench", wait=True), cluster.running():
        odoo = Odoo(place, cluster, python, "data-bench")
        odoo.configure(limit_time_cpu=0, limit_time_real=0, limit_memory_hard=0)
        text = odoo.config.read_text().replace("addons_path = ", f"addons_path = {peer_addons},")
        odoo.config.write_text(text)
        say("Making the database with both products ...")
        odoo._new(NAME)
        modules = ",".join((*ADDONS, *PEER))
        odoo.run("-d", NAME, "-i", modules, "--stop-after-init", "--no-http", failure="no install")
        say("Measuring the peer ...")
        peer = _measure(odoo, "peer.py", arguments.peer_cases)
        say("Measuring the addons ...")
        ours = _measure(odoo, "ours.py", arguments.cases)
        odoo.drop(NAME)
    rows = _rows(ours, peer)
    _print_table(rows)
    result = {"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "machine": _machine()}
    result |= {"code": str(CHECKOUT.name), "this": ours, "peer": peer}
    out = place.local / arguments.out
    out.write_text(json.dumps(result, indent=2))
    say(f"\nFigures: {out}")


main(bench)
