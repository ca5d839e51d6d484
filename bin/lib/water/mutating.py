"""bin/mutate: small faults are put into the code, and the tests have to notice them.

``bin/mutate [--sample N] [--seed S] [--tests PATH] PATH...``; a path is a room or a file below
``addons``. The tests are those of the rooms, and of ``--tests``, that need no web server; each
fault is shown those that come by its line. The last line is the share of faults that were noticed.
"""

import argparse
import hashlib
import json
import random
import subprocess
from collections import Counter
from pathlib import Path

from .mutants import faults
from .place import CHECKOUT, Place, Stop, end, main, say
from .template import TEMPLATE, test_odoo

DATABASE = "water-mutate"
PROBE = Path(__file__).with_name("mutating_probe.py")
NOTICED = {"killed", "timeout", "error"}


def _options():
    parser = argparse.ArgumentParser(prog="bin/mutate", description=__doc__)
    parser.add_argument("paths", nargs="+", help="rooms or files whose code gets the faults")
    parser.add_argument("--sample", type=int, default=60, help="number of faults (0: all of them)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same faults")
    parser.add_argument("--limit", type=int, default=120, help="seconds of tests for each fault")
    parser.add_argument("--tests", action="append", default=[], help="a room or file of more tests")
    parser.add_argument("--line", type=int, help="only the faults of this line")
    return parser.parse_args()


def sources(root, paths):
    """``{path: text}`` of the code in rooms and files, without tests and migrations."""
    found = [
        file
        for path in paths
        for file in ([root / path], sorted((root / path).rglob("*.py")))[(root / path).is_dir()]
    ]
    apart = {"tests", "migrations", "report"}
    return {
        str(file): file.read_text()
        for file in found
        if not apart & set(file.parts) and file.name not in ("__init__.py", "__manifest__.py")
    }


def drawn(texts, sample, seed, line=None):
    """``[(path, fault)]`` drawn at random, the same for the same seed and code."""
    every = [
        (path, fault | {"number": number})
        for path, text in sorted(texts.items())
        for number, fault in faults(text)
        if line in (None, fault["line"])
    ]
    random.Random(seed).shuffle(every)  # also the first of them are a fair sample
    return every[: sample or None], len(every)


def test_modules(root, paths):
    """Names of the modules of tests in rooms, and of files of tests."""
    files = []
    for path in paths:
        room = root / path
        while room.is_file() and "tests" not in room.parts and not (room / "tests").is_dir():
            room = room.parent
        while room.is_dir() and room.name != "tests" and not (room / "tests").is_dir():
            room = room.parent
        files += [room] if room.is_file() else sorted(room.rglob("test_*.py"))
    addons = root / "addons"
    names = (".".join(file.relative_to(addons).with_suffix("").parts) for file in files)
    return list(dict.fromkeys(f"odoo.addons.{name}" for name in names))


def _digest(*files):
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _module_of(root, name):
    """The file with the class of tests ``name``."""
    parts = name.removeprefix("odoo.addons.").split(".")[:-1]
    return root.joinpath("addons", *parts).with_suffix(".py")


def _run(odoo, given, record):
    """Run the probe on a copy of the test database; yields what becomes of each fault."""
    path = odoo.place.local / "mutate-given.json"
    path.write_text(json.dumps(given | {"record": record["classes"]}))
    library = str(odoo.place.root / "bin" / "lib")
    odoo.copy(TEMPLATE, DATABASE)
    args = ["shell", "-d", DATABASE, "--no-http", "--log-level=critical"]
    args += [f"--db-filter=^{DATABASE}$", "--smtp=127.0.0.1", "--smtp-port=9"]
    variables = {"WATER_MUTATE": str(path), "PYTHONPATH": library, "PYTHONWARNINGS": "ignore"}
    process = None
    try:
        with PROBE.open() as script:
            process = odoo.place.start(
                odoo.command(*args),
                stdin=script,
                stdout=subprocess.PIPE,
                text=True,
                env=odoo.place.environment(**variables),
            )
        for line in process.stdout:
            if not line.startswith("MUTATE "):
                continue
            found = json.loads(line.removeprefix("MUTATE "))
            if "class" in found:
                name = found.pop("class")
                found["digest"] = _digest(_module_of(odoo.place.root, name))
                record["classes"][name] = found
                (odoo.place.local / "mutate.json").write_text(json.dumps(record))
            else:
                yield found
        if process.wait():
            raise Stop(f"the process ended with {process.returncode}")
    finally:
        if process:
            end(process)
        odoo.drop(DATABASE)


def _record(place):
    """Which tests come by which lines, as found out before with the same code and tests."""
    path = place.local / "mutate.json"
    code = [
        file
        for file in sorted((place.root / "addons").rglob("*.py"))
        if not file.name.startswith("test_")
    ]
    record, digest = json.loads(path.read_text()) if path.exists() else {}, _digest(*code)
    known = record["classes"] if record.get("digest") == digest else {}
    files = {name: _module_of(place.root, name) for name in known}
    return {
        "digest": digest,
        "classes": {
            name: found
            for name, found in known.items()
            if files[name].exists() and found["digest"] == _digest(files[name])
        },
    }


def mutate():
    """Run the command; returns the exit code: 1 when a fault was not noticed."""
    options = _options()
    place = Place()
    paths = [
        str(Path(path).absolute().relative_to(CHECKOUT)) if Path(path).is_absolute() else path
        for path in options.paths
    ]
    texts = sources(place.root, paths)
    picked, number = drawn(texts, options.sample, options.seed, options.line)
    if not picked:
        raise Stop("nothing to put a fault into")
    tests = test_modules(place.root, [*paths, *options.tests])
    say(
        f"{number} faults of {len(texts)} files, seed {options.seed}; {len(tests)} modules of tests"
    )
    given = {"sources": texts, "faults": picked, "tests": tests, "limit": options.limit}
    counts, left = Counter(), []
    with test_odoo(place) as odoo:
        for found in _run(odoo, given, _record(place)):
            counts[found["state"]] += 1
            file = Path(found["path"]).relative_to(place.root)
            text = f"{file}:{found['fault']['line']}: {found['fault']['words']}"
            say(f"{found['state']:8} {found['seconds']:6} s  {text}  {found.get('by', '')}")
            if found["state"] not in NOTICED:
                left.append(f"{text} ({found['state']})")
    if not counts:
        raise Stop("no fault was tried")
    for text in left:
        say(f"not noticed: {text}")
    noticed, total = sum(counts[state] for state in NOTICED), counts.total()
    say(f"==== {noticed} of {total} faults noticed: {noticed / total:.1%} ({dict(counts)}) ====")
    return int(bool(left))


if __name__ == "__main__":
    main(mutate)
