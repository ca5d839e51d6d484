"""bin/figures: how the code is built, as figures that can be compared before and after a change."""

import argparse
import ast
import json
import statistics
import subprocess
from pathlib import Path

from . import sizes
from .odoo import ADDONS
from .place import Place, Stop, main, say
from .template import TEMPLATE, test_odoo

DATABASE = "water-figures"
PROBE = Path(__file__).with_name("figures_probe.py")


class _NoPlan:
    """Stands in for the plan of the rooms where there is none yet."""

    order, kernel = (), frozenset()


def code_figures(root):
    """Return sizes, counted over the addons' Python without tests."""
    paths = [
        path
        for addon in ADDONS
        for path in sorted((root / "addons" / addon).rglob("*.py"))
        if "tests" not in path.parts
    ]
    texts = {path: path.read_text() for path in paths}
    lengths = [
        sizes.own_lines(node)
        for text in texts.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    ]
    lines = [len(text.splitlines()) for text in texts.values()]
    return {
        "Python files": len(paths),
        "lines of Python": sum(lines),
        "longest file": max(lines),
        f"files over {sizes.FILE} lines": sum(number > sizes.FILE for number in lines),
        "methods": len(lengths),
        f"methods over {sizes.METHOD} lines": sum(number > sizes.METHOD for number in lengths),
        "method length, median": statistics.median(lengths),
        "method length, 90th percentile": statistics.quantiles(lengths, n=10)[-1],
    }


def model_figures(root):
    """Return how many models are abstract, which have one heir, and how the rooms hang together."""
    from .rooms.__main__ import examine  # lxml is Odoo's, and not needed to parse the arguments
    from .rooms.code import Code
    from .rooms.graph import circles, edges
    from .rooms.house import House, NoPlan
    from .rooms.layout import abstract_models

    code = Code(House(root, _NoPlan()))
    heirs = [heirs for _path, _line, heirs in abstract_models(code).values()]
    result = {
        "abstract models": len(heirs),
        "abstract models with one heir": sum(len(names) == 1 for names in heirs),
        "definitions of _kept_fields": _definitions(code, "_kept_fields"),
        "rooms": 0,
    }
    try:
        findings, references, plan = examine(root)
    except NoPlan:
        return result
    addons = root / "addons"
    result["rooms"] = sum((addons / room.addon / room.name).is_dir() for room in plan.order)
    groups = circles(edges(references), plan.kernel)
    result["rooms in circles outside the kernel"] = sum(map(len, groups))
    result["references upward"] = sum(item.rule in ("upward", "desk") for item in findings)
    return result


def _definitions(code, name):
    return sum(
        isinstance(node, ast.FunctionDef) and node.name == name
        for path, tree in code.trees.items()
        if "tests" not in path.parts
        for node in ast.walk(tree)
    )


def running_figures(odoo):
    """Return what the probe finds on a copy of the test database."""
    odoo.copy(TEMPLATE, DATABASE)
    args = ["shell", "-d", DATABASE, "--no-http", "--log-level=critical"]
    args += [f"--db-filter=^{DATABASE}$", "--smtp=127.0.0.1", "--smtp-port=9"]
    try:
        with PROBE.open() as script:
            process = odoo.place.start(
                odoo.command(*args),
                stdin=script,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            output, _none = process.communicate()
    finally:
        odoo.drop(DATABASE)
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise Stop(f"the figures of the running system could not be had:\n{output[-5000:]}")
    found = json.loads(lines[0].removeprefix("RESULT "))
    result = {f"classes in {name}": number for name, number in found["depth"].items()}
    words = {"calls": "calls", "files": "files entered", "changes": "changes of file"}
    return result | {f"filing: {words[key]}": value for key, value in found["filing"].items()}


def table(now, before=None):
    """Return the figures as lines of text, beside those of ``before``."""
    names = list(dict.fromkeys([*now, *(before or {})]))
    width = max(map(len, names))
    rows = [f"{'':{width}} {'before':>10} {'now':>10}"] if before else []
    for name in names:
        columns = [before.get(name, "-")] if before else []
        columns.append(now.get(name, "-"))
        rows.append(f"{name:{width}} " + " ".join(f"{_text(value):>10}" for value in columns))
    return rows


def _text(value):
    return f"{value:g}" if isinstance(value, float) else str(value)


def _options():
    parser = argparse.ArgumentParser(prog="bin/figures", description=__doc__)
    parser.add_argument("--json", type=argparse.FileType("w"), help="save the figures here as well")
    parser.add_argument("--compare", type=argparse.FileType("r"), help="figures saved before")
    parser.add_argument(
        "--static", action="store_true", help="only what the files tell, without a database"
    )
    return parser.parse_args()


def figures():
    """Run the command; returns the exit code."""
    options = _options()  # its files are opened before the rights of the caller are given up
    place = Place()
    found = code_figures(place.root) | model_figures(place.root)
    if not options.static:
        with test_odoo(place) as odoo:
            found |= running_figures(odoo)
    before = json.load(options.compare) if options.compare else None
    for line in table(found, before):
        say(line)
    if options.json:
        json.dump(found, options.json, indent=1)
        options.json.write("\n")
        options.json.close()
    return 0


if __name__ == "__main__":
    main(figures)
