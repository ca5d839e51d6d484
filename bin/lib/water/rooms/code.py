"""What the Python of the addons defines, and the names that Odoo itself defines."""

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

#: Python's own, which no scan of Odoo finds.
PYTHON_NAMES = {"_asdict", "_replace", "_fields", "_make", "file_size"}
DEFINED = re.compile(r"^[ \t]*(?:async )?def (\w+)|^[ \t]+(\w+) *= *fields\.", re.MULTILINE)


def names_of_odoo(core, addons):
    """Return every method and field that Odoo defines: its framework and the modules we build on.

    :param core: folder of the package ``odoo``
    :param addons: our addons' folders, whose manifests name the modules
    """
    core = Path(core)
    todo, seen = ["base", "web"], set()
    todo += [name for folder in addons for name in _depends(folder)]
    while todo:
        name = todo.pop()
        folder = core / "addons" / name
        if name not in seen and folder.is_dir():
            seen.add(name)
            todo += _depends(folder)
    files = [path for path in core.rglob("*.py") if "addons" not in path.relative_to(core).parts]
    files += [path for name in seen for path in (core / "addons" / name).rglob("*.py")]
    found = set(PYTHON_NAMES)
    for path in files:
        if "tests" not in path.parts:
            for method, field in DEFINED.findall(path.read_text(errors="replace")):
                found.add(method or field)
    return found


def _depends(folder):
    manifest = folder / "__manifest__.py"
    return ast.literal_eval(manifest.read_text()).get("depends", []) if manifest.exists() else []


@dataclass(frozen=True)
class ModelClass:
    """A class that makes or extends a model."""

    path: Path
    line: int
    model: str
    parents: tuple
    is_abstract: bool
    is_new: bool


def _literal(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def model_class(path, node):
    """Return the ``ModelClass`` of a class, or None when it is no model."""
    name, parents = None, ()
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            value = _literal(item.value)
            if item.targets[0].id == "_name":
                name = value
            elif item.targets[0].id == "_inherit" and value:
                parents = (value,) if isinstance(value, str) else tuple(value)
    if not name and not parents:
        return None
    model = name or parents[0]
    abstract = any("AbstractModel" in ast.unparse(base) for base in node.bases)
    return ModelClass(path, node.lineno, model, parents, abstract, model not in parents)


def calls_super(function):
    """Tell whether a method calls what it overrides."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == function.name
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "super"
        for node in ast.walk(function)
    )


def is_field(node):
    """Tell whether a statement of a class defines a field."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func).startswith("fields.")
    )


def _attributes(node):
    """Return the attributes that a class, which is no model, gives its objects."""
    for item in ast.walk(node):
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            yield item.target.id
        elif isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store):
            yield item.attr


class Code:
    """All Python of the addons, and which room brings which name.

    :param foreign: names that Odoo defines; nobody owns them
    """

    def __init__(self, house, foreign=()):
        self.house, self.foreign = house, set(foreign)
        self.trees, self.classes, self.models = {}, [], {}
        self.methods, self.fields = defaultdict(set), defaultdict(set)
        self.attributes = defaultdict(set)
        for path in house.files(".py"):
            self.trees[path] = ast.parse(path.read_text(), str(path))
            room, is_test = house.place(path)
            if not is_test:
                self._read(path, room)

    def _read(self, path, room):
        for node in ast.walk(self.trees[path]):
            if not isinstance(node, ast.ClassDef):
                continue
            model = model_class(path, node)
            if model:
                self.classes.append(model)
                if model.is_new:
                    self.models[model.model] = room
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    if not model or not calls_super(item):
                        self.methods[item.name].add(room)
                elif is_field(item):
                    self.fields[item.targets[0].id].add(room)
                elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                    self.attributes[item.targets[0].id].add(room)
            if not model:
                for name in _attributes(node):
                    self.attributes[name].add(room)

    def owner(self, name):
        """Return (kind, room) of who brings a method or field; no room when it is anybody's."""
        if name in self.foreign or name.startswith("__"):
            return "", None
        kind = "method" if name in self.methods else "field"
        if kind == "method" and not name.startswith(("_", "action_")):
            return "", None
        if kind == "field" and "_" not in name.strip("_"):
            return "", None
        rooms = self.methods[name] if kind == "method" else self.fields.get(name, set())
        rooms = rooms | (self.attributes.get(name, set()) if rooms else set())
        return kind, (next(iter(rooms)) if len(rooms) == 1 else None)
