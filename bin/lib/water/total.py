"""A pytest plugin: writes the counts of a run as JSON to the file named by ``WATER_TOTAL``.

And says which classes took longest, so that it is seen when a test grows slow.
"""

import json
import os
from collections import Counter

COUNTED = ("passed", "failed", "error", "skipped", "xfailed", "xpassed", "subtests failed")
#: how many slow classes are listed, from how many seconds
SLOWEST, SLOW = 25, 10


def pytest_configure():
    """Let pytest read the true clock while tests stop that of Odoo."""
    try:
        import freezegun
    except ImportError:  # the end-to-end tests stop no clock
        return
    freezegun.configure(extend_ignore_list=["_pytest.timing"])


def pytest_terminal_summary(terminalreporter):
    """Keep what pytest is about to print."""
    found = {kind: len(reports) for kind, reports in terminalreporter.stats.items()}
    with open(os.environ["WATER_TOTAL"], "w") as output:
        json.dump({kind: found[kind] for kind in COUNTED if kind in found}, output)
    seconds = Counter()
    for report in (
        report for kind in ("passed", "failed", "") for report in _of(kind, terminalreporter)
    ):
        seconds[report.nodeid.rpartition("::")[0]] += report.duration
    slow = [(name, took) for name, took in seconds.most_common(SLOWEST) if took >= SLOW]
    if slow:
        terminalreporter.section("slowest classes")
    for name, took in slow:
        terminalreporter.line(f"{took:7.0f} s  {name}")


def _of(kind, terminalreporter):
    return [row for row in terminalreporter.stats.get(kind, ()) if hasattr(row, "duration")]
