"""``python -m water.depends``: what Odoo does not see of the dependencies and files of the addons.

An addon uses models, external ids, private methods and fields of the addons alone that its manifest
depends on, and of theirs: Odoo finds a missing model when it loads, but not a missing method.
Besides: every data file is in the manifest, every test module in the index of tests, and the path
of an action begins with ``water-``.
"""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

from .odoo import ADDONS
from .source import calls_super, is_field, model_class

CORE = Path("/usr/lib/python3/dist-packages/odoo")
DEFINED = re.compile(r"^[ \t]*def (\w+)|^[ \t]+(\w+) *= *fields\.", re.MULTILINE)
#: A model or an external id of ours.
WORD = re.compile(rf"(?<![\w.])(?:water(?:\.\w+)+|(?:{'|'.join(ADDONS)})\.\w+)(?!\w)")
#: A field or method in XML.
NAME = re.compile(r"""<(?:field|button)\s[^>]*?\bname="(\w+)\"""")
RECORD = re.compile(r"""<(?:record|template|menuitem|report)\s[^>]*?\bid="([\w.]+)\"""")
PATH = re.compile(r"""<field\s+name="path"[^>]*>\s*([^<\s]+)""")
#: Methods of another addon that are called only where a model has them (``hasattr``).
ASKED_FOR = {"_check_printed"}
NOT_LOADED = {"tests", "static", "demo", "i18n", "examples", "__pycache__"}


def manifest(root, addon):
    """Return the manifest of an addon."""
    return ast.literal_eval((root / "addons" / addon / "__manifest__.py").read_text())


def closure(root, addon):
    """Return the addon and those of ours that it depends on, directly or not."""
    needed = [name for name in manifest(root, addon)["depends"] if name in ADDONS]
    return {addon}.union(*(closure(root, name) for name in needed))


def files(root, addon, suffix):
    """Yield the files of an addon that are neither tests, demo data nor web client."""
    folder = root / "addons" / addon
    for path in sorted(folder.rglob(f"*{suffix}")):
        if not NOT_LOADED & set(path.relative_to(folder).parts):
            yield path


def names_of_odoo(core=CORE):
    """Return every method and field that Odoo and its addons define."""
    texts = (path.read_text(errors="replace") for path in core.rglob("*.py"))
    return {name for text in texts for pair in DEFINED.findall(text) for name in pair if name}


def owners(root):
    """Return {name: addons that define it} of models, external ids, private methods and fields.

    Names of functions and of the methods of plain objects belong to all addons.
    """
    found = defaultdict(set)
    for addon in ADDONS:
        for path in files(root, addon, ".py"):
            tree = ast.parse(path.read_text())
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    found[node.name].update(ADDONS)
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    model = model_class(None, node)
                    for name in _defined(node, model):
                        found[name].update([addon] if model else ADDONS)
        for path in files(root, addon, ".xml"):
            for name in RECORD.findall(path.read_text()):
                full = name if "." in name else f"{addon}.{name}"
                found[full].add(full.split(".")[0])
    return found


def _defined(node, model):
    if model and model.is_new:
        yield model.model
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and not calls_super(item):
            if not model or item.name.startswith(("_", "action_")):
                yield item.name
        elif is_field(item) and "_" in item.targets[0].id.strip("_"):
            yield item.targets[0].id


def words(path):
    """Yield (line, word) of the names that a file of Python or XML uses."""
    text = path.read_text()
    if path.suffix == ".xml":
        for number, line in enumerate(text.splitlines(), 1):
            yield from ((number, word) for word in WORD.findall(line) + NAME.findall(line))
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, word) for word in WORD.findall(node.value))


def foreign(root, core=CORE):
    """Yield the uses of names that only addons outside the dependencies define."""
    defined, known = owners(root), names_of_odoo(core)
    for addon in ADDONS:
        below = closure(root, addon)
        above = {name for name, where in defined.items() if not where & below}
        above -= known | ASKED_FOR
        for suffix in (".py", ".xml"):
            for path in files(root, addon, suffix):
                for line, word in words(path):
                    if word in above:
                        where = ", ".join(sorted(defined[word]))
                        yield f"{path.relative_to(root)}:{line}: {word} is of {where}"


def layout(root):
    """Yield data files and test modules that are not listed, and paths that others may have too."""
    for addon in ADDONS:
        folder = root / "addons" / addon
        listed = {*manifest(root, addon)["data"], *manifest(root, addon).get("demo", ())}
        loaded = "".join(path.read_text() for path in files(root, addon, "_data.xml"))
        listed |= set(re.findall(r"'([\w/.-]+\.csv)'", loaded))  # by ``_load_csv``
        for suffix in (".xml", ".csv"):
            for path in files(root, addon, suffix):
                if str(path.relative_to(folder)) not in listed:
                    yield f"{path.relative_to(root)}: no manifest and no _load_csv lists it"
        index = folder / "tests" / "__init__.py"
        imported = set(re.findall(r"\btest_\w+", index.read_text())) if index.exists() else set()
        for path in sorted(folder.rglob("tests/test_*.py")):
            if path.stem not in imported:
                yield f"{path.relative_to(root)}: {index.relative_to(root)} does not import it"
        for path in files(root, addon, ".xml"):
            for name in PATH.findall(path.read_text()):
                if not name.startswith("water-"):
                    yield f"{path.relative_to(root)}: the path {name} does not begin with water-"


def main(root=Path(), core=CORE):
    """Print the faults and return the exit code."""
    found = sorted({*foreign(root, core), *layout(root)})
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
