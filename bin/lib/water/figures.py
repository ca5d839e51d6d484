"""bin/figures: how the code is built, in figures beside an earlier commit and the goals."""

import argparse
import ast
import io
import json
import tarfile
from collections import Counter, defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from . import release, sizes
from .odoo import ADDONS
from .place import CHECKOUT, Place, main, say
from .source import calls_super, model_class
from .template import TEMPLATE, test_odoo

DATABASE = "water-figures"
PROBE = Path(__file__).with_name("figures_probe.py")
FOLDERS = ("addons", "bin", "config", "tests")
#: The highest value that is wanted.
GOALS = {
    "lines of Python in the addons, without tests": 80_000,
    "of these in service desk and complaints": 50_000,
    "lines of tests": 80_000,
    "lines of XML": 34_000,
    "lines of Python and shell in bin": 7_000,
    f"files over {sizes.FILE} lines": 0,
    f"methods over {sizes.METHOD} lines": 0,
    "docstrings per function": 0.4,
    "hooks with one override": 40,
    "% of tests that call private methods": 15,
    "sudo() per 1,000 lines of code": 15,
    "classes of water.complaint": 110,
    "filing with a photo: calls": 900,
    "filing with a photo: files": 80,
    "filing with a photo: changes of file": 350,
    "filing with a photo: queries": 60,
    "approving a compensation: calls": 400,
    "approving a compensation: changes of file": 180,
    "approving a compensation: queries": 50,
}


def static_figures(root):
    """Return the figures that follow from the files below ``root`` alone."""
    texts = {
        path.relative_to(root): path.read_text() for path in sorted(root.glob("addons/**/*.py"))
    }
    code = {path: text for path, text in texts.items() if "tests" not in path.parts}
    tests = {path: text for path, text in texts.items() if path not in code}
    trees = [ast.parse(text) for text in code.values()]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    functions = sum(isinstance(node, ast.FunctionDef) for node in nodes)
    docstrings = [
        text
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and (text := ast.get_docstring(node))
    ]
    code_lines = sum(map(_filled_lines, code.values())) - sum(map(_filled_lines, docstrings))
    sudos = sum(part.attr == "sudo" and not call.args for call, part in _calls(nodes))
    long = list(sizes.faults(root, FOLDERS))
    long_methods = sum(" has " in fault for fault in long)
    models = _models(nodes)
    overrides = hooks(models)
    return {
        "lines of Python in the addons, without tests": _lines(code.values()),
        "of these in service desk and complaints": _lines(
            text for path, text in code.items() if path.parts[1] in ADDONS[:2]
        ),
        "lines of tests": _lines(tests.values()) + _lines(_read(root, "tests", ".py")),
        "lines of XML": _lines(_read(root, "addons", ".xml")),
        "lines of Python and shell in bin": _lines(_read(root, "bin", ".py", ".sh", "")),
        "Python files in the addons, without tests": len(code),
        f"files over {sizes.FILE} lines": len(long) - long_methods,
        f"methods over {sizes.METHOD} lines": long_methods,
        "functions": functions,
        "docstrings per function": len(docstrings) / max(functions, 1),
        "hooks": len(overrides),
        "hooks with one override": sum(number == 1 for number in overrides.values()),
        "% of tests that call private methods": 100 * _private_share(models, tests.values()),
        "sudo() per 1,000 lines of code": 1000 * sudos / max(code_lines, 1),
    }


def _read(root, folder, *suffixes):
    for path in sorted((root / folder).rglob("*")):
        if path.suffix in suffixes and path.is_file() and "__pycache__" not in path.parts:
            yield path.read_text()


def _lines(texts):
    return sum(len(text.splitlines()) for text in texts)


def _filled_lines(text):
    """Count lines without blank ones, comments and closing quotes."""
    rows = (line.strip() for line in text.splitlines())
    return sum(not row.startswith("#") and row not in ("", '"""') for row in rows)


def _calls(nodes):
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def _models(nodes):
    found = []
    for node in nodes:
        if isinstance(node, ast.ClassDef) and (model := model_class(None, node)):
            methods = (item for item in node.body if isinstance(item, ast.FunctionDef))
            found.append((model, [item for item in methods if item.name.startswith("_")]))
    return found


def hooks(models):
    """Return {(model, method): overrides} of the hooks.

    A hook is a private method that one of our models defines without ``super()`` and that other
    classes override with ``super()``: in the same model, or in one that inherits from it.
    """
    parents, defined, counts = defaultdict(list), set(), Counter()
    for model, methods in models:
        parents[model.model] += [name for name in model.parents if name != model.model]
        defined |= {(model.model, item.name) for item in methods if not calls_super(item)}
    for model, methods in models:
        for item in filter(calls_super, methods):
            chain = ((name, item.name) for name in _chain(model.model, parents))
            counts.update([hook for hook in chain if hook in defined][:1])
    return counts


def _chain(model, parents):
    yield model
    for parent in dict.fromkeys(parents[model]):
        yield from _chain(parent, parents)


def _private_share(models, texts):
    """Return the share of tests that call a private method of a model, but not on ``self``."""
    private = {item.name for _model, items in models for item in items if not calls_super(item)}
    tests = [
        any(
            part.attr in private and ast.unparse(part.value) != "self"
            for _call, part in _calls(ast.walk(node))
        )
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return sum(tests) / max(len(tests), 1)


def earlier_figures(revision):
    """Return the static figures of a commit; none where git does not have it."""
    try:
        done = release.git("archive", revision, *FOLDERS)
    except OSError:  # there is no git
        return {}
    if done.returncode:
        return {}
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(folder, filter="data")
        return static_figures(Path(folder))


def running_figures(odoo):
    """Return the figures of the probe, which runs on a copy of the test database."""
    output = odoo.place.local / "figures.json"
    args = ["shell", "-d", DATABASE, "--no-http", f"--db-filter=^{DATABASE}$"]
    args += ["--smtp=127.0.0.1", "--smtp-port=9"]
    odoo.copy(TEMPLATE, DATABASE)
    try:
        with PROBE.open() as script:
            odoo.run(
                *args,
                failure="the running system could not be measured",
                stdin=script,
                env=odoo.place.environment(WATER_FIGURES=str(output)),
            )
    finally:
        odoo.drop(DATABASE)
    return json.loads(output.read_text())


def table(now, before):
    """Return the figures as lines of text, beside those of ``before``, if any, and the goals."""
    width = max(map(len, now))
    titles = [*(["before"] if before else []), "now", "goal"]
    rows = [" " * width + "".join(f"{title:>11}" for title in titles)]
    for name, value in now.items():
        columns = [_text(before.get(name))] if before else []
        columns += [_text(value), f"≤ {_text(GOALS[name])}" if name in GOALS else ""]
        rows.append(f"{name:{width}}" + "".join(f"{column:>11}" for column in columns).rstrip())
    return rows


def _text(value):
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else f"{value:,}"


def _options():
    parser = argparse.ArgumentParser(prog="bin/figures", description=__doc__)
    parser.add_argument("--static", action="store_true", help="from the files, without a database")
    parser.add_argument(
        "--against", metavar="COMMIT", help="show the static figures of a commit too"
    )
    return parser.parse_args()


def figures():
    """Run the command; returns the exit code."""
    options = _options()
    now = static_figures(CHECKOUT)
    before = earlier_figures(options.against) if options.against else {}
    if not options.static:
        with test_odoo(Place()) as odoo:
            now |= running_figures(odoo)
    say("\n".join(table(now, before)))
    return 0


if __name__ == "__main__":
    main(figures)
