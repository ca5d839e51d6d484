"""bin/test: run all tests on copies of one database, and print one total.

``bin/test [PATH...] [--long] [PYTEST OPTION...]``; a path is a file or a folder below ``addons``,
such as a room, or below ``tests``. ``bin/test water_complaints`` runs the tests of one addon in a
database with only its dependencies. ``bin/test --broad`` runs slow tests: ``tests/broad``, our
addons in other databases. Other options go to pytest (``-k``, ``-x``, ``-n 0``,
``--durations=30``).

Tests in Odoo and end-to-end tests run side by side, since the latter wait a lot, and one after the
other with ``-x``, ``-n`` or ``--long``.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, nullcontext
from pathlib import Path

from . import packages, release
from .odoo import ADDONS, PROGRAM
from .place import CHECKOUT, Place, Stop, end, main, say
from .template import BASE, TEMPLATE, WHOLE, Template, test_odoo

PLUGINS = ("-p", "water.total", "-p", "water.properties")
IN_ODOO: tuple[str, ...] = ("-p", "water.files", "-p", "water.warm", "-p", "water.log_errors")
IN_ODOO += ("-p", "water.browser", "--odoo-http", "--odoo-log-level=error")
NO_TESTS = 5  # pytest's exit code
LIMIT = int(os.environ.get("WATER_TEST_TIMEOUT") or 5400)  # seconds, for each of the two runs
#: The least number of tests in a run of everything: fewer means that some are no longer found.
FLOOR = 4400
#: defaults of ``--long``: see CONTRIBUTING.md
LONG = {
    "WATER_LONG": "1",
    "WATER_FUZZ": "20000",
    "WATER_AXE": "all",
    "WATER_STEPS": "10000",
}
LONG_LIMIT = 6 * 3600
BROAD = "tests/broad"
#: Tests that take longest begin first, or one would run on alone at the end: of whole systems,
LONGEST: tuple[str, ...] = ("upgrade", "cluster", "accessibility", "once", "compensation", "clicks")
LONGEST += ("restore", "crowd", "mail", "backup", "field", "public_line", "api", "story", "outage")
LONGEST += ("repository", "year", "demo_clock")
#: and those in databases of others.
LONGEST_BROAD = ("neighbours", "uninstall")
#: Options of pytest that leave tests out.
PARTIAL = {"-k", "-m", "-x", "--exitfirst", "--maxfail", "--deselect", "--ignore", "--co"}
PARTIAL |= {"--collect-only", "--ignore-glob", "--stepwise"}
#: The copy of the template that end-to-end tests are given.
SYSTEMS = "water-systems"
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
        inside = _folders()
        outside = _systems()
    missing = [name for name in inside if not (CHECKOUT / name.split("::")[0]).exists()]
    if missing:
        raise Stop(f"there are no tests in {', '.join(missing)}")
    return inside, outside, options


def _folders(addons=ADDONS):
    houses = [CHECKOUT / "addons" / addon for addon in reversed(addons)]
    folders = [house / "tests" for house in houses]
    folders += [folder for house in houses for folder in sorted(house.glob("*/tests"))]
    return [str(path.relative_to(CHECKOUT)) for path in folders if any(path.glob("test_*.py"))]


def _systems(folder="tests", longest=LONGEST):
    files = [f"{folder}/{path.name}" for path in sorted((CHECKOUT / folder).glob("test_*.py"))]
    first = [f"{folder}/test_{name}.py" for name in longest]
    return first + [file for file in files if file not in first]


def _path(text):
    for folder in (CALLER, CHECKOUT):
        path = Path(os.path.abspath(folder / text))
        if text and path.is_relative_to(CHECKOUT) and path != CHECKOUT and path.exists():
            return path
    return None


def _workers(paths, options, how, more=False):
    if any(option.startswith(("-n", "--numprocesses", "--pdb")) for option in options):
        return []
    if any("::" in path for path in paths):
        return []
    count = min((os.cpu_count() or 1) + more, 4)
    # in the order of the files: small classes last would leave the long browser tests for the end
    return ["-n", str(count), "--dist", how, "--no-loadscope-reorder"]


class Runs:
    """The pytest runs of one call and their counts."""

    def __init__(self, place, limit=LIMIT):
        self.place = place
        self.limit = limit
        self.counts = Counter()
        self.codes = []

    def run(self, python, args, variables):
        """Run pytest once and add its counts."""
        with self._running("", python, args, variables):
            pass

    @contextmanager
    def beside(self, python, args, variables):
        """Run pytest in the background of the context; its output is shown afterwards."""
        path = self.place.local / "log" / "beside.log"
        with path.open("wb") as output:
            where = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            with self._running("-beside", python, args, variables, **where) as process:
                yield
                _follow(path, process, self.limit)

    @contextmanager
    def _running(self, mark, python, args, variables, **where):
        """Run pytest, wait for it and add its counts.

        :param mark: of its files, since two run at the same time
        :param where: from where it reads and to where it writes, by default as we do
        """
        place, total = self.place, self.place.local / f"total{mark}.json"
        total.unlink(missing_ok=True)
        variables = variables | {
            "WATER_TOTAL": str(total),
            "PYTHONPATH": str(place.root / "bin" / "lib"),
            "COVERAGE_FILE": str(place.local / f"coverage{mark}"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(place.local / "hypothesis"),
        }
        process = place.start(
            [python, "-m", "pytest", *PLUGINS, f"--basetemp={place.local}/pytest{mark}", *args],
            end_signal=signal.SIGINT,
            env=place.environment(**variables),
            cwd=place.root,
            **{"stdin": None, **where},
        )
        try:
            yield process
            self.codes.append(process.wait(self.limit))
        except subprocess.TimeoutExpired:
            raise Stop(f"the tests did not end within {self.limit} s: stopped") from None
        finally:
            end(process, signal.SIGINT)
        if total.exists():
            self.counts.update(json.loads(total.read_text()))

    def outcome(self, floor=0, may_be_empty=False):
        """Return (exit code, total in pytest's words); anything but a passed test is a failure.

        :param floor: how many tests must have run
        :param may_be_empty: one of the two runs may have found no test
        """
        counts = self.counts.copy()
        total = sum(counts.values()) - counts["subtests failed"]
        passed = counts.pop("passed", 0)
        parts = [f"{number} {kind}" for kind, number in sorted(counts.items()) if number]
        broken = [code for code in self.codes if code not in (0, NO_TESTS)]
        if broken and not (counts["failed"] or counts["error"] or counts["subtests failed"]):
            parts.insert(0, "1 error")  # pytest itself gave up
        if not passed and not parts:
            return 1, "no tests ran"
        if NO_TESTS in self.codes and not may_be_empty:
            parts.insert(0, "a run without tests")
        elif total < floor:
            parts.insert(0, f"{floor - total} tests fewer than there were")
        return int(bool(parts)), ", ".join([*parts, f"{passed} passed"])


def test():
    """Run the command; returns the exit code."""
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments):  # help needs no database
        say((__doc__ or "").strip())
        return 0
    if "--broad" in arguments:
        arguments.remove("--broad")
        arguments += _systems(BROAD, LONGEST_BROAD)
    is_long = "--long" in arguments
    is_slow = is_long or any(argument.startswith(BROAD) for argument in arguments)
    limit = LONG_LIMIT if is_slow else LIMIT
    if is_long:
        arguments = _prepare_long(arguments)
    addon = next((argument for argument in arguments if argument in ADDONS), None)
    if addon:
        arguments = [*_folders([addon]), *(other for other in arguments if other not in ADDONS)]
    inside, outside, options = _split(arguments)  # before the rights to look are given up
    is_all = not any(_path(argument.split("::")[0]) for argument in arguments)
    is_part = any(option.split("=")[0] in PARTIAL for option in options)
    before = release.archive()  # likewise
    if os.geteuid() == 0:
        _prepare_machine()
    began = time.monotonic()
    runs = Runs(Place(), limit)
    template = Template.of(CHECKOUT, addon) if addon else WHOLE
    _run(runs, inside, outside, options, before, template)
    floor = FLOOR if is_all and not is_part else 0
    code, total = runs.outcome(floor, may_be_empty=is_all and is_part)
    say(f"==== {total} in {time.monotonic() - began:.0f}s ====")
    return code


def _prepare_machine():
    """Install what tests need from the machine and only root can install."""
    # systemd-analyze asks for it; a container without systemd has none
    Path("/run/systemd").mkdir(exist_ok=True)
    # podman divides a container's users among them; Debian gives such numbers to people only
    path = Path("/etc/subuid")
    given = [row.split(":") for row in path.read_text().splitlines()] if path.exists() else []
    if "odoo" not in {name for name, *_numbers in given}:
        first = max([100000, *(int(first) + int(count) for _name, first, count in given)])
        numbers = f"{first}-{first + 65535}"
        options = ["--add-subuids", numbers, "--add-subgids", numbers]
        subprocess.run(["/usr/sbin/usermod", *options, "odoo"], check=True)


def _prepare_long(arguments):
    for name, value in LONG.items():
        os.environ.setdefault(name, value)
    rest = [argument for argument in arguments if argument != "--long"]
    if not any(argument.startswith("--hypothesis-seed") for argument in rest):
        seed = random.SystemRandom().randrange(2**32)
        say(f"the long form; again with the same examples: --long --hypothesis-seed={seed}")
        rest.append(f"--hypothesis-seed={seed}")
    return rest


def _follow(path, process, seconds):
    """Print a process's output until it has ended."""
    limit = time.monotonic() + seconds
    with path.open(errors="replace") as said:
        is_over = False
        while not is_over:
            # checked first, so that the last output is not missed
            is_over = process.poll() is not None
            print(said.read(), end="", flush=True)
            if time.monotonic() > limit:
                raise subprocess.TimeoutExpired(process.args, seconds)
            time.sleep(0 if is_over else 0.5)


def _run(runs, inside, outside, options, before, template):
    """Run the tests in Odoo's environment, and those of the whole system.

    :param before: the code of the last release, see ``release.archive``
    """
    place = runs.place
    browser = packages.environment(place, packages.BROWSER) if outside else None
    kinds = {"sessions": packages.SESSIONS} if outside else {}
    kinds |= {"neighbours": packages.NEIGHBOURS} if BROAD in " ".join(outside) else {}
    folders = {
        name: str(packages.addons(packages.environment(place, kind)))
        for name, kind in kinds.items()
    }
    is_beside = inside and outside and _workers(inside, options, "") and not _goes_by_turns(options)
    with test_odoo(place, template) as odoo:
        path = f"{odoo.cluster.bin}:{os.environ['PATH']}"
        variables = odoo.cluster.environment | {"PATH": path}
        systems = [browser, _args_outside(outside, options), dict(variables)]
        if outside:
            # of their own: tests in Odoo put files beside those of theirs, and take them away
            odoo.copy(TEMPLATE, SYSTEMS)
            stack = place.local / "stack.json"
            stack.write_text(json.dumps(_describe(odoo) | folders | _keep(place, *before)))
            systems[2] |= {"WATER_STACK": str(stack)}
        with runs.beside(*systems) if is_beside else nullcontext():
            if inside:
                given = [f"--odoo-database={template.name}", *options]
                runs.run(odoo.python, _args_inside(odoo, inside, given, is_beside), variables)
        if outside and not is_beside and not (inside and _stop_early(options, runs)):
            runs.run(*systems)


def _args_inside(odoo, paths, options, is_beside):
    args = [f"--odoo-config={odoo.config}", *IN_ODOO]
    # one more than there are processors: a process in Odoo waits for the database a good third of
    # its time, which whole systems use where they run beside it
    workers = _workers(paths, options, "loadscope", more=not is_beside)
    return [*args, *workers, *options, *paths]


def _args_outside(paths, options):
    # whole systems would wait for each other longer than their clients do
    args = [*_workers(paths, options, "loadfile"), *options, *paths]
    return args if BROAD in " ".join(paths) else [*args, f"--ignore={BROAD}"]


def _goes_by_turns(options):
    """Return whether the two runs must not overlap."""
    return bool({"-x", "--exitfirst"} & set(options)) or bool(os.environ.get("WATER_LONG"))


def _stop_early(options, runs):
    return {"-x", "--exitfirst"} & set(options) and any(runs.codes)


def _describe(odoo):
    """Return what tests/conftest.py needs to start servers of its own."""
    return {
        "python": str(odoo.python),
        "odoo": str(PROGRAM),
        "config": str(odoo.config),
        "data": str(odoo.data),
        "base": BASE,
        "template": SYSTEMS,
        "mailsink": str(odoo.place.root / "bin" / "mailsink"),
    }


def _keep(place, sources, problem):
    """Copy the last release's code to where the tests look for it."""
    path = place.local / "release.tar"
    path.write_bytes(sources)
    return {"release": str(path), "release-problem": problem}


if __name__ == "__main__":
    main(test)
