"""bin/mutate: small faults are put into the code, and the tests have to notice them.

``bin/mutate [--sample N] [--seed S] [--tests PATH] PATH...``; a path is a room or a file below
``addons``. The tests are those of the rooms, and of ``--tests``, that need no web server; each
fault is shown those that come by its line. Faults that change nothing anybody can see stand in
``equivalents.toml`` with the reason, and are not tried. The last line is the share of faults that
were noticed. A fault is drawn by its own words: the same seed draws the same ones, whatever changes
elsewhere. All rooms of rules, 320 faults, take half an hour on two quiet processors:
``bin/mutate --rules --sample 320 --jobs 2``; then ``--again --limit 300`` shows those that are left
more of the tests.
"""

import argparse
import hashlib
import json
import queue
import shutil
import subprocess
import threading
import tomllib
from collections import Counter
from pathlib import Path

from .mutants import faults
from .place import CHECKOUT, Place, Stop, end, main, say
from .template import TEMPLATE, test_odoo

DATABASE = "water-mutate"
PROBE = Path(__file__).with_name("mutating_probe.py")
EQUIVALENTS = Path(__file__).with_name("equivalents.toml")
NOTICED = {"killed", "timeout", "error"}
_DESK = ("clock", "case", "assignment", "external_order", "callback", "visit", "request")
_HOUSE = ("settlement", "appeal", "incident", "escalation", "sign_off")
_MONEY = ("compensation", "compensation_scheme")
#: The rooms of rules.
RULES = [f"addons/water_service_desk/{room}" for room in (*_DESK, "account_change")]
RULES += [
    f"addons/water_complaints/{room}" for room in (*_HOUSE, "investigation", "conflict_of_interest")
]
RULES += [f"addons/water_compensation/{room}" for room in _MONEY]
#: What is tested of them outside: cases on their way, rights, whole stories, every path.
BESIDE = ["addons/water_service_desk/inquiry", "addons/water_complaints/complaint"]
BESIDE += [
    f"addons/water_service_desk/{name}.py"
    for name in ("call_screen/tests/test_call", "privacy/tests/test_erasure", "tests/test_machine")
]
_TESTS = Path("addons/water_quality_compensation/tests")
_NAMES = ("answers", "field_marks", "readonly", "machine")
BESIDE += [str(_TESTS / f"test_{name}.py") for name in _NAMES]
BESIDE += sorted(str(_TESTS / file.name) for file in (CHECKOUT / _TESTS).glob("test_scenario*.py"))


def _options():
    parser = argparse.ArgumentParser(prog="bin/mutate", description=__doc__)
    parser.add_argument("paths", nargs="*", help="rooms or files whose code gets the faults")
    parser.add_argument("--rules", action="store_true", help="all rooms of rules and their tests")
    parser.add_argument("--sample", type=int, default=60, help="number of faults (0: all of them)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same faults")
    parser.add_argument("--limit", type=int, default=120, help="seconds of tests for each fault")
    parser.add_argument("--tests", action="append", default=[], help="a room or file of more tests")
    parser.add_argument("--skip", type=int, default=0, help="go on after so many of the sample")
    parser.add_argument("--again", action="store_true", help="only what was not noticed last time")
    parser.add_argument("--line", type=int, help="only the faults of this line")
    parser.add_argument("--jobs", type=int, default=1, help="number of processes at once")
    options = parser.parse_args()
    if options.rules:
        options.paths += RULES
        options.tests += BESIDE
    if not options.paths:
        parser.error("name rooms or files, or --rules")
    return options


def sources(root, paths):
    """``{path: text}`` of the code of rules in rooms and files: no tests, migrations, pages."""
    found = [
        file
        for path in paths
        for file in ([root / path], sorted((root / path).rglob("*.py")))[(root / path).is_dir()]
    ]
    apart = {"tests", "migrations", "report", "controllers"}
    return {
        str(file): file.read_text()
        for file in found
        if not apart & set(file.parts) and file.name not in ("__init__.py", "__manifest__.py")
    }


def drawn(texts, sample, seed, line=None):
    """``[(path, fault)]`` drawn at random, and how many there are.

    A fault is drawn or not by its own words: the same seed draws the same faults, whatever
    changes in other places.
    """
    every = []
    for path, text in sorted(texts.items()):
        lines, twins = text.splitlines(), Counter()
        for number, fault in faults(text):
            if line not in (None, fault["line"]):
                continue
            fault |= {"number": number, "text": lines[fault["line"] - 1].strip()}
            own = (Path(path).name, str(fault["owner"][1]), fault["text"], fault["words"])
            twins[own] += 1
            lot = hashlib.sha256(repr((seed, *own, twins[own])).encode()).hexdigest()
            every.append((lot, path, fault))
    every.sort(key=lambda item: item[0])  # also the first of them are a fair sample
    return [(path, fault) for _lot, path, fault in every[: sample or None]], len(every)


def equivalents(root, picked):
    """``[(path, fault)]`` of those drawn that are written down as changing nothing."""
    rows = tomllib.loads(EQUIVALENTS.read_text())["equivalent"]
    known = {(str(root / row["file"]), row["text"], row["fault"]) for row in rows}
    return [
        (path, fault) for path, fault in picked if (path, fault["text"], fault["words"]) in known
    ]


def _name(root, path, fault):
    """What a fault is known by, from one run to the next."""
    return str(Path(path).relative_to(root)), fault["text"], fault["words"]


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


def _run(odoo, given, record, jobs):
    """Run probes, each on a copy of the test database; yields what becomes of each fault."""
    share = given | {"faults": [], "claims": str(odoo.place.local / "mutate-claims")}
    if jobs > 1:  # first all together find out which tests come by which lines
        for _found in _probes(odoo, [share | {"part": [n, jobs]} for n in range(jobs)], record):
            pass
    shutil.rmtree(share["claims"], ignore_errors=True)
    Path(share["claims"]).mkdir()
    yield from _probes(odoo, [share | {"faults": given["faults"], "part": [0, 1]}] * jobs, record)


def _probes(odoo, givens, record):
    processes = []
    names = [f"{DATABASE}-{number}" for number, _given in enumerate(givens)]
    try:
        for name, given in zip(names, givens, strict=True):
            odoo.copy(TEMPLATE, name)
            processes.append(_probe(odoo, name, given | {"record": record["classes"]}))
        for line in _lines(processes):
            found = json.loads(line.removeprefix("MUTATE "))
            if "class" in found:
                _keep(odoo.place, record, found.pop("class"), found)
            else:
                yield found
        for process in processes:
            if process.wait():
                raise Stop(f"a process ended with {process.returncode}")
    finally:
        for process in processes:
            end(process)
        for name in names:
            odoo.drop(name)


def _probe(odoo, name, given):
    path = odoo.place.local / f"{name}.json"
    path.write_text(json.dumps(given))
    library = str(odoo.place.root / "bin" / "lib")
    args = ["shell", "-d", name, "--no-http", "--log-level=critical"]
    args += [f"--db-filter=^{name}$", "--smtp=127.0.0.1", "--smtp-port=9"]
    variables = {"WATER_MUTATE": str(path), "PYTHONPATH": library, "PYTHONWARNINGS": "ignore"}
    with PROBE.open() as script:
        return odoo.place.start(
            odoo.command(*args),
            stdin=script,
            stdout=subprocess.PIPE,
            text=True,
            env=odoo.place.environment(**variables),
        )


def _lines(processes):
    """What the probes tell, as it comes."""
    told = queue.SimpleQueue()

    def listen(process):
        for line in process.stdout:
            if line.startswith("MUTATE "):
                told.put(line)
        told.put(None)

    for process in processes:
        threading.Thread(target=listen, args=[process], daemon=True).start()
    for _process in processes:
        yield from iter(told.get, None)


def _keep(place, record, name, found):
    """Keep which tests of a class come by which lines, for the next run."""
    record["classes"][name] = found
    found["digest"] = _digest(*_files_of(place, name, found))
    (place.local / "mutate.json").write_text(json.dumps(record))


def _files_of(place, name, found):
    """The files on which it depends which lines a class of tests comes by, as far as it tells."""
    lines = found.get("lines", {}).values()
    passed = {Path(path) for part in lines for path, _line in part}
    return sorted({_module_of(place.root, name), *passed})


def _record(place, texts):
    """Which tests come by which lines, as found out before with the same code and tests.

    Only the lines of files that were ``watched`` are known: of others nobody would come by.
    """
    path = place.local / "mutate.json"
    bases = sorted((place.root / "addons").rglob("tests/common.py"))
    record, digest = json.loads(path.read_text()) if path.exists() else {}, _digest(*bases)
    watched = record.get("watched", [])
    is_whole = record.get("digest") == digest and set(texts) <= set(watched)
    known = record["classes"] if is_whole else {}
    return {
        "digest": digest,
        "watched": watched if is_whole else sorted(texts),
        "classes": {
            name: found for name, found in known.items() if _is_as_it_was(place, name, found)
        },
    }


def _is_as_it_was(place, name, found):
    files = _files_of(place, name, found)
    return all(file.exists() for file in files) and found["digest"] == _digest(*files)


def _picked(options, root, texts, memory):
    """The faults to be tried, how many there are, and how many more change nothing."""
    picked, number = drawn(texts, options.sample, options.seed, options.line)
    picked = picked[options.skip :]
    if options.again:
        before = [tuple(row) for row in json.loads(memory.read_text())]
        picked = [item for item in picked if _name(root, *item) in before]
    if not picked:
        raise Stop("nothing to put a fault into")
    same = equivalents(root, picked)
    return [item for item in picked if item not in same], number, len(same)


def _tell(counts, same):
    noticed, total = sum(counts[state] for state in NOTICED), counts.total()
    if not total:
        raise Stop("no fault was tried")
    share = f"{noticed} of {total} faults noticed: {noticed / total:.1%} ({dict(counts)})"
    say(f"==== {share}; {same} more change nothing ====")


def mutate():
    """Run the command; returns the exit code: 1 when a fault was not noticed."""
    options, place = _options(), Place()
    paths = [
        str(Path(path).absolute().relative_to(CHECKOUT)) if Path(path).is_absolute() else path
        for path in options.paths
    ]
    texts, memory = sources(place.root, paths), place.local / "mutate-left.json"
    tried, number, same = _picked(options, place.root, texts, memory)
    tests = test_modules(place.root, [*paths, *options.tests])
    say(
        f"{number} faults of {len(texts)} files, seed {options.seed}; {len(tests)} modules of tests"
    )
    record = _record(place, texts)
    given = {"sources": texts, "faults": tried, "tests": tests, "limit": options.limit}
    given["watched"] = record["watched"]
    counts, left = Counter(), {}
    with test_odoo(place) as odoo:
        for found in _run(odoo, given, record, options.jobs):
            counts[found["state"]] += 1
            name = _name(place.root, found["path"], found["fault"])
            text = f"{name[0]}:{found['fault']['line']}: {name[2]}"
            say(f"{found['state']:8} {found['seconds']:6} s  {text}  {found.get('by', '')}")
            if found["state"] not in NOTICED:
                left[name] = f"{text} ({found['state']})"
    memory.write_text(json.dumps(list(left)))
    for text in left.values():
        say(f"not noticed: {text}")
    _tell(counts, same)
    return int(bool(left))


if __name__ == "__main__":
    main(mutate)
