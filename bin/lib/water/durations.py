"""A plugin of pytest: what takes longest is started first, so that no process waits at the end.

``WATER_LONGEST`` says what goes to a process as a whole: ``class`` or ``file``. How long each took
is added to the file ``WATER_DURATIONS``; ``bin/test --durations-update`` puts that of a whole run
into ``durations.json`` beside this file. Names without folders outlive a move to another room.
"""

import json
import os
from collections import Counter
from pathlib import Path

KEPT = Path(__file__).with_suffix(".json")
TAKEN = Counter()


def _name(nodeid):
    """Return ``file.Class``, or the file alone for a function."""
    path, *parts = nodeid.split("[")[0].split("::")
    return ".".join([Path(path).stem, *parts[:-1]])


def _whole(name):
    return name.split(".")[0] if os.environ.get("WATER_LONGEST") == "file" else name


def pytest_collection_modifyitems(items):
    """Put the longest first; what is new counts as longest, and the rest keeps its order."""
    if "WATER_LONGEST" not in os.environ or not KEPT.exists():
        return
    known = Counter()
    for name, seconds in json.loads(KEPT.read_text() or "{}").items():
        known[_whole(name)] += seconds
    items.sort(key=lambda item: -known.get(_whole(_name(item.nodeid)), 3600))


def pytest_runtest_logreport(report):
    """Add up what a class takes: its own setting up, its tests, tidying up."""
    TAKEN[_name(report.nodeid)] += report.duration


def pytest_sessionfinish(session):
    """Write it down, once: the process that distributes the tests hears of all."""
    if hasattr(session.config, "workerinput") or "WATER_DURATIONS" not in os.environ:
        return
    path = Path(os.environ["WATER_DURATIONS"])
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(before | {name: round(value, 1) for name, value in TAKEN.items()}))
