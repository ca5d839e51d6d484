"""Rules on where files stand: rooms, manifests, the index of tests, abstract models."""

import ast
import re

from .house import AT_ROOT, DESK, IGNORED, Finding

LOADED = {".xml", ".csv"}
NOT_LOADED = {"tests", "static", "demo", "i18n"}
COMPLAINT = re.compile(r"water[._]complaint")
CODE = (".py", ".xml", ".csv", ".js", ".scss")
#: Paths of actions are shared by all apps of a database: theirs are ``repairs`` and ``archive``.
OWN_PATH = "water-"
PATH = re.compile(r"""<field\s+name=["']path["'][^>]*>\s*([^<\s]+)""")


def findings(house):
    """Yield what is wrong with the layout of the addons."""
    for addon in house.plan.addons:
        yield from _rooms(house, addon)
        yield from _data(house, addon)
        yield from _index(house, addon)
    yield from _desk_names_no_complaint(house)
    yield from _paths(house)


def _paths(house):
    """Paths of actions are our own: two apps with one path cannot stand beside each other."""
    for path in house.files(".xml"):
        text = path.read_text()
        for found in PATH.finditer(text):
            if not found[1].startswith(OWN_PATH):
                line = text[: found.start()].count("\n") + 1
                words = f"{found[1]} does not begin with {OWN_PATH}"
                yield Finding(house.name(path), line, "path", words)


def _real(folder):
    return (path for path in folder.rglob("*") if path.is_file() and not IGNORED & set(path.parts))


def _rooms(house, addon):
    """Every room of the plan is there and has something; nothing stands beside the rooms."""
    folder, planned = house.addon(addon), house.plan.rooms_of(addon)
    for name in planned:
        if not (folder / name).is_dir():
            yield Finding(house.name(folder), 0, "room", f"there is no room {name}")
        elif not any(path.name != "__init__.py" for path in _real(folder / name)):
            yield Finding(house.name(folder / name), 0, "room", "it is empty")
        elif not (folder / name / "__init__.py").exists():
            yield Finding(house.name(folder / name), 0, "room", "it has no __init__.py")
    for path in sorted(folder.iterdir()):
        if path.name in AT_ROOT | IGNORED | set(planned):
            continue
        count = sum(1 for _file in _real(path)) if path.is_dir() else 1
        if count:
            text = f"not a room of the plan: {count} files stand outside the rooms"
            yield Finding(house.name(path), 0, "outside", text)


def _listed(path, key):
    """Return [(file, line)] of one list of a manifest."""
    tree = ast.parse(path.read_text(), mode="eval").body
    for name, value in zip(tree.keys, tree.values, strict=True):
        if ast.literal_eval(name) == key:
            return [(item.value, item.lineno) for item in value.elts]
    return []


def _data(house, addon):
    """The manifest lists every data file of a room, in the order of the rooms."""
    manifest = house.addon(addon) / "__manifest__.py"
    if not manifest.exists():
        return
    planned, name = house.plan.rooms_of(addon), house.name(manifest)
    data, last = _listed(manifest, "data"), 0
    for file, line in data:
        room = file.split("/")[0]
        if room not in planned:
            yield Finding(name, line, "data", f"{file} stands outside the rooms")
            continue
        rank = planned.index(room)
        if rank < last:
            yield Finding(name, line, "data", f"{file} comes after {planned[last]}: out of order")
        last = max(last, rank)
    listed = {file for file, _line in [*data, *_listed(manifest, "demo")]}
    for room in planned:
        for path in sorted((house.addon(addon) / room).rglob("*")):
            file = path.relative_to(house.addon(addon))
            if path.suffix not in LOADED or NOT_LOADED & set(file.parts):
                continue
            if str(file) not in listed:
                yield Finding(house.name(path), 0, "data", "the manifest does not list it")


def _index(house, addon):
    """The addon's tests/__init__.py imports every test module, and none that is not there."""
    folder = house.addon(addon)
    index = folder / "tests" / "__init__.py"
    modules = {
        ".".join(path.relative_to(folder).with_suffix("").parts): path
        for path in sorted(folder.rglob("test_*.py"))
        if path.parent.name == "tests" and "static" not in path.parts
    }
    named = dict(_imported(index, addon)) if index.exists() else {}
    for module, path in modules.items():
        if module not in named:
            text = f"{house.name(index)} does not import it"
            yield Finding(house.name(path), 0, "index", text)
    for module, line in named.items():
        if module.split(".")[-1].startswith("test_") and module not in modules:
            yield Finding(house.name(index), line, "index", f"there is no {module}")


def _imported(index, addon):
    """Yield (module below the addon, line) for each name that the index imports."""
    for node in ast.walk(ast.parse(index.read_text())):
        if isinstance(node, ast.Import):
            names = [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = f"odoo.addons.{addon}.tests".split(".")
            start = start[: len(start) - node.level + 1] if node.level else []
            package = ".".join([*start, *([node.module] if node.module else [])])
            names = [(f"{package}.{alias.name}", node.lineno) for alias in node.names]
            names.append((package, node.lineno))
        else:
            continue
        prefix = f"odoo.addons.{addon}."
        yield from ((name.removeprefix(prefix), line) for name, line in names)


def _desk_names_no_complaint(house):
    for path in house.files(*CODE):
        # what a migration does to databases of the past stays as it was released
        if house.addon(DESK) not in path.parents or {"i18n", "migrations"} & set(path.parts):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if COMPLAINT.search(line):
                text = f"the desk names a complaint: {line.strip()[:80]}"
                yield Finding(house.name(path), number, "desk", text)


def abstract_models(code):
    """Return {name: (path, line, heirs)} of the abstract models of the addons."""
    heirs = {}
    for item in code.classes:
        for parent in item.parents:
            if parent != item.model:
                heirs.setdefault(parent, set()).add(item.model)
    return {
        item.model: (item.path, item.line, sorted(heirs.get(item.model, ())))
        for item in code.classes
        if item.is_abstract and item.is_new
    }


def abstract_findings(house, code, used):
    """Yield the abstract models with one heir, and those that nobody needs.

    :param used: names of models that code or data mention outside ``_inherit``
    """
    for name, (path, line, heirs) in sorted(abstract_models(code).items()):
        if len(heirs) == 1:
            text = f"{name} has one heir: stand at {heirs[0]} instead"
        elif not heirs and name not in used and not name.startswith("report."):
            text = f"{name} has no heir and is used by nobody"
        else:
            continue
        yield Finding(house.name(path), line, "abstract", text)
