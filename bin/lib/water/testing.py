"""bin/test: all tests against copies of one database, and one total at the end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from . import packages
from .odoo import ADDONS, PROGRAM
from .place import CHECKOUT, Place, Stop, end, main, say
from .template import TEMPLATE, test_odoo

NO_TESTS = 5  # pytest's exit code
LIMIT = int(os.environ.get("WATER_TEST_TIMEOUT") or 2400)  # seconds, for each of the two runs
CALLER = Path.cwd()


def _split(arguments):
    """Sort the arguments into paths of addons, paths of end-to-end tests, and options."""
    inside, outside, options = [], [], []
    for argument in arguments:
        path = _path(argument.split("::")[0])
        if argument.startswith("-") or path is None:
            options.append(argument)
            continue
        name = str(path.relative_to(CHECKOUT)) + argument[len(argument.split("::")[0]) :]
        (outside if name.split("::")[0].split("/")[0] == "tests" else inside).append(name)
    if not inside and not outside:
        inside = [f"addons/{addon}" for addon in ADDONS]
        outside = ["tests"]
    missing = [name for name in inside if not (CHECKOUT / name.split("::")[0]).exists()]
    if missing:
        raise Stop(f"there are no tests in {', '.join(missing)}")
    return inside, outside, options


def _path(text):
    for folder in (CALLER, CHECKOUT):
        path = Path(os.path.abspath(folder / text))
        if text and path.is_relative_to(CHECKOUT) and path != CHECKOUT and path.exists():
            return path
    return None


def _workers(paths, options, how):
    if any(option.startswith(("-n", "--numprocesses", "--pdb")) for option in options):
        return []
    if any("::" in path for path in paths):
        return []
    # in the order of the files: small classes last would leave the long browser tests for the end
    return ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", how, "--no-loadscope-reorder"]


class Runs:
    """The pytest runs of one call and what they counted."""

    def __init__(self, place):
        self.place = place
        self.counts = Counter()
        self.codes = []

    def run(self, python, args, variables):
        """Run pytest once and add its counts."""
        total = self.place.local / "total.json"
        total.unlink(missing_ok=True)
        basetemp = f"--basetemp={self.place.local / 'pytest'}"
        library = str(self.place.root / "bin" / "lib")
        variables = variables | {
            "WATER_TOTAL": str(total),
            "PYTHONPATH": library,
            "COVERAGE_FILE": str(self.place.local / "coverage"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.place.local / "hypothesis"),
        }
        process = self.place.start(
            [python, "-m", "pytest", "-p", "water.total", basetemp, *args],
            end_signal=signal.SIGINT,
            env=self.place.environment(**variables),
            cwd=self.place.root,
            stdin=None,
        )
        try:
            self.codes.append(process.wait(LIMIT))
        except subprocess.TimeoutExpired:
            raise Stop(f"the tests did not end within {LIMIT} s: stopped") from None
        finally:
            end(process, signal.SIGINT)
        if total.exists():
            self.counts.update(json.loads(total.read_text()))

    def outcome(self):
        """Return (exit code, total in pytest's words); anything but a passed test is a failure."""
        counts = self.counts.copy()
        passed = counts.pop("passed", 0)
        parts = [f"{number} {kind}" for kind, number in sorted(counts.items()) if number]
        broken = [code for code in self.codes if code not in (0, NO_TESTS)]
        if broken and not (counts["failed"] or counts["error"] or counts["subtests failed"]):
            parts.insert(0, "1 error")  # pytest itself gave up
        if not passed and not parts:
            return 1, "no tests ran"
        return int(bool(parts)), ", ".join([*parts, f"{passed} passed"])


def test():
    """Run the command; returns the exit code."""
    inside, outside, options = _split(sys.argv[1:])  # before the rights to look are given up
    place = Place()
    began = time.monotonic()
    runs = Runs(place)
    browser = packages.environment(place, packages.BROWSER) if outside else None
    with test_odoo(place) as odoo:
        path = f"{odoo.cluster.bin}:{os.environ['PATH']}"
        variables = odoo.cluster.environment | {"PATH": path}
        if inside:
            args = [f"--odoo-config={odoo.config}", f"--odoo-database={TEMPLATE}", "--odoo-http"]
            args += ["-p", "water.files", *_workers(inside, options, "loadscope")]
            args += [*options, *inside]
            runs.run(odoo.python, args, variables)
        if outside and not (inside and _stop_early(options, runs)):
            stack = place.local / "stack.json"
            stack.write_text(json.dumps(_describe(odoo)))
            args = [*_workers(outside, options, "loadfile"), *options, *outside]
            runs.run(browser, args, variables | {"WATER_STACK": str(stack)})
    code, total = runs.outcome()
    say(f"==== {total} in {time.monotonic() - began:.0f}s ====")
    return code


def _stop_early(options, runs):
    return {"-x", "--exitfirst"} & set(options) and any(runs.codes)


def _describe(odoo):
    """What tests/conftest.py needs to start servers of its own."""
    return {
        "python": str(odoo.python),
        "odoo": str(PROGRAM),
        "config": str(odoo.config),
        "data": str(odoo.data),
        "template": TEMPLATE,
        "mailsink": str(odoo.place.root / "bin" / "mailsink"),
    }


if __name__ == "__main__":
    main(test)
