"""A pytest plugin: writes the counts of a run as JSON to the file named by ``WATER_TOTAL``."""

import json
import os

COUNTED = ("passed", "failed", "error", "skipped", "xfailed", "xpassed", "subtests failed")


def pytest_terminal_summary(terminalreporter):
    """Keep what pytest is about to print."""
    found = {kind: len(reports) for kind, reports in terminalreporter.stats.items()}
    with open(os.environ["WATER_TOTAL"], "w") as output:
        json.dump({kind: found[kind] for kind in COUNTED if kind in found}, output)
