"""Runs in ``odoo shell``: one warm process, which forks a child for every class and every fault.

The child changes the code of the live functions, tables and fields and runs the tests that come by
there; what it does to memory ends with it, what it does to the database is rolled back. No library
does this: mutmut and cosmic-ray start a process for each fault, and Odoo takes 20 s to start.
Reads the JSON file ``WATER_MUTATE``; prints lines of JSON that begin with ``MUTATE``.
"""

import ast
import functools
import gc
import importlib
import inspect
import itertools
import json
import os
import random
import signal
import sys
import time
import types
import unittest
from pathlib import Path

from odoo import sql_db
from odoo.tests.common import HttpCase
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import TestSuite

from water.mutants import mutated

TOOL = sys.monitoring.COVERAGE_ID
GIVEN = json.loads(Path(os.environ["WATER_MUTATE"]).read_text())
LIMIT = GIVEN["limit"]
registry = env.registry  # noqa: F821 - given by the shell


class Result(OdooTestResult):
    """Stops at the first failure, unless asked to go on."""

    def __init__(self, goes_on=False):
        super().__init__()
        self.bad, self.goes_on = [], goes_on

    def addError(self, test, err):
        self.bad.append(test.id())
        self.shouldStop = not self.goes_on

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addError(test, err)


def forked(job, limit):
    """``job()`` done by a child: its JSON, or None where it did not end in ``limit`` seconds."""
    sql_db.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            random.seed(1)
            os.write(writing, json.dumps(job()).encode())
        except BaseException as error:  # the child must never go on as the parent
            os.write(writing, json.dumps({"error": repr(error)}).encode())
        finally:
            os._exit(0)
    os.close(writing)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        with os.fdopen(reading) as pipe:
            return json.loads(pipe.read() or '{"error": "the process died"}')
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.waitpid(child, 0)


def _too_late(*_args):
    raise TimeoutError


signal.signal(signal.SIGALRM, _too_late)


# Which tests come by which lines


def classes():
    """``{name: tests}`` of the classes of tests that need no web server."""
    found = {}
    for name in GIVEN["tests"]:
        module = importlib.import_module(name)
        for _name, cls in inspect.getmembers(module, inspect.isclass):
            own = issubclass(cls, unittest.TestCase) and cls.__module__ == name
            if own and not issubclass(cls, HttpCase):
                tests = [cls(test) for test in unittest.TestLoader().getTestCaseNames(cls)]
                found[f"{name}.{cls.__qualname__}"] = tests
    return {name: tests for name, tests in found.items() if tests}


def functions():
    """``{(file, first line, qualified name): live functions}`` of the files that are watched."""
    paths, found = set(GIVEN["watched"]), {}
    for function in [item for item in gc.get_objects() if isinstance(item, types.FunctionType)]:
        code = function.__code__
        if code.co_filename in paths:
            key = (code.co_filename, code.co_firstlineno, code.co_qualname)
            found.setdefault(key, []).append(function)
    return found


def _watched(code):
    sys.monitoring.set_local_events(TOOL, code, sys.monitoring.events.LINE)
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            _watched(part)


def covered(tests):
    """Run a class: the lines of each test (what the set-up does belongs to all) and its seconds."""
    lines, seconds, began, at = {}, {}, time.monotonic(), {"": set()}

    def seen(code, line):
        at[""].add((code.co_filename, line))
        return sys.monitoring.DISABLE

    sys.monitoring.use_tool_id(TOOL, "mutate")
    sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, seen)
    for items in functions().values():
        _watched(items[0].__code__)
    result = Result(goes_on=True)
    begin, end = result.startTest, result.stopTest

    def start(test):
        lines.setdefault("", sorted(at[""]))
        at[""] = set()
        sys.monitoring.restart_events()
        seconds[test.id()] = time.monotonic()
        return begin(test)

    def stop(test):
        lines[test.id()] = sorted(at[""])
        seconds[test.id()] = time.monotonic() - seconds[test.id()]
        return end(test)

    result.startTest, result.stopTest = start, stop
    TestSuite(tests).run(result)
    total = time.monotonic() - began
    return {"lines": lines, "seconds": seconds, "total": total, "bad": result.bad}


def chosen(record, path, fault):
    """``[(seconds, tests)]`` that come by a fault, up to the limit.

    Those of its own room come first, among them those with a name like that of the file, then the
    quickest. Tables and fields concern every class: for fields the quickest first, for tables those
    that name them and those of the room.
    """
    picked, name, own = [], fault["owner"][1], set(Path(path).stem.split("_"))
    room = ".".join(path.partition("/addons/")[2].split("/")[:2])
    for key, found in record.items():
        passes = {test: {tuple(line) for line in lines} for test, lines in found["lines"].items()}
        where = (path, fault["line"])
        every = fault["kind"] != "function" or where in passes.get("", ())
        tests = [test for test in found["seconds"] if every or where in passes[test]]
        tests = [test for test in tests if test not in found["bad"]]
        left = sum(seconds for test, seconds in found["seconds"].items() if test not in tests)
        if tests:
            silent = fault["kind"] == "table" and name not in source_of(key)
            is_far = fault["kind"] != "field" and not key.startswith(f"odoo.addons.{room}.")
            alike = len(own & set(key.split(".")[-2].split("_"))) if not every else 0
            picked.append((silent, is_far, -alike, found["total"] - left, tests))
    sums = itertools.accumulate(row[3] for row in sorted(picked))
    shown = zip(sorted(picked), sums, strict=True)
    fits = [item for number, (item, total) in enumerate(shown) if not number or total < LIMIT]
    return [row[3:] for row in fits]


@functools.cache
def source_of(name):
    """The text of the module with the class of tests ``name``."""
    return inspect.getsource(sys.modules[name.rpartition(".")[0]])


# One fault


def apply(path, source, fault):
    """Put the fault into the live code; it ends with this process."""
    tree, value = mutated(source, fault["number"])
    holder, name = fault["owner"]
    if fault["kind"] == "function":
        _replace(path, compile(tree, path, "exec"), (path, holder, name))
        return
    module = next(
        item for item in list(sys.modules.values()) if getattr(item, "__file__", "") == path
    )
    cls = getattr(module, holder)
    if fault["kind"] == "table":
        code = compile(ast.fix_missing_locations(ast.Expression(value)), path, "eval")
        setattr(cls, name, eval(code, {**vars(module), **vars(cls)}))
        return
    for model in registry.models.values():
        if cls in model.__mro__ and name in model._fields:
            setattr(model._fields[name], *value)


def _replace(path, code, key):
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            if (path, part.co_firstlineno, part.co_qualname) == key:
                for function in functions()[key]:
                    function.__code__ = part
            _replace(path, part, key)


def columns(fault, path):
    """Columns that the database keeps filled because of a field which no longer asks for it."""
    if fault["kind"] != "field" or not fault["words"].endswith("required=False"):
        return []
    name = fault["owner"][1]
    return [
        (model._table, name)
        for model in registry.models.values()
        if name in model._fields
        and not model._abstract
        and model._auto
        and model._fields[name].store
        and model._fields[name].required
        and any(part.__name__ == fault["owner"][0] for part in model.__mro__)
    ]


def _required(rows, words):
    with registry.cursor() as cr:
        for table, column in rows:
            cr.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" {words} NOT NULL')


def tried(path, fault, picked, suites):
    """``killed`` with the test that noticed, ``survived``, ``unseen`` or what else came of it."""
    if not picked:
        return {"state": "unseen"}
    by_id = {test.id(): test for tests in suites.values() for test in tests}

    def job():
        apply(path, GIVEN["sources"][path], fault)
        registry.clear_all_caches()
        for model in registry.models.values():
            if "_water_memory" in vars(model):
                del model._water_memory
        for _seconds, tests in picked:
            result = Result()
            TestSuite([by_id[test] for test in tests]).run(result)
            if result.bad:
                return {"state": "killed", "by": result.bad[0]}
        return {"state": "survived"}

    loose = columns(fault, path)
    _required(loose, "DROP")
    usual = sum(seconds for seconds, _tests in picked)
    found = forked(job, 30 + 5 * usual) or {"state": "timeout"}
    _required(loose, "SET")
    return {"state": "error", "by": found["error"]} if "error" in found else found


def claimed(item):
    """Whether this process tries a fault: whichever of several comes first."""
    path, fault = item
    name = f"{path.replace('/', '.')}-{fault['number']}"
    try:
        os.close(os.open(Path(GIVEN["claims"]) / name, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def main():
    env.cr.close()  # noqa: F821 - children open their own
    suites, record = classes(), GIVEN["record"]
    number, parts = GIVEN["part"]  # several of us share the classes that are not known yet
    for name in [name for name in suites if name not in record][number::parts]:
        job = functools.partial(covered, suites[name])
        record[name] = forked(job, 600) or {"error": "too slow"}
        print("MUTATE", json.dumps({"class": name, **record[name]}), flush=True)
    record = {name: found for name, found in record.items() if name in suites and "lines" in found}
    for path, fault in filter(claimed, GIVEN["faults"]):
        began = time.monotonic()
        found = tried(path, fault, chosen(record, path, fault), suites)
        found["seconds"] = round(time.monotonic() - began, 1)
        print("MUTATE", json.dumps({"path": path, "fault": fault, **found}), flush=True)


main()
sys.stdout.flush()
os._exit(0)  # the shell's own cursor is closed: nothing is left to be rolled back
