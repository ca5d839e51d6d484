"""Who refers to whom: every name in Python, XML and CSV that some room brings."""

import ast
import csv
import itertools
import re
from dataclasses import dataclass

from lxml import etree

from .code import calls_super, model_class
from .house import NAMES, Room

MODEL = re.compile(r"(?<![\w.])water(?:\.\w+)+")
WORD = re.compile(r"(?<![\w.}])[a-z_]\w*(?:\.\w+)*")
SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|JOIN)\b")
XML_ID = re.compile(rf"\b({'|'.join(NAMES.values())})\.(\w+)")
#: Attributes whose value is the id of a record, and words in which one stands.
ID_ATTRIBUTES = {"ref", "inherit_id", "action", "parent", "t-call"}
ID_IN_TEXT = re.compile(r"%\(([\w.]+)\)d|\bref\(['\"]([\w.]+)['\"]\)")
#: Elements whose name is a field or a method; the name of others is an anchor.
NAMING = {"field", "button", "record", "value", "function"}
#: The key of a dictionary that a page was given.
KEY_IN_TEXT = re.compile(r"\[['\"]\w+['\"]\]|\.get\(['\"]\w+['\"]")
#: Names of what holds values of a record, and methods that take them.
VALUES = {"vals", "values"}
WRITES = {"create", "write", "update", "new"}
#: Fields whose further arguments name a table and its columns.
MANY = {"fields.Many2many", "Files"}
NO_REFERENCE = {"id", "class", "t-name", "string", "href", "src"}


@dataclass(frozen=True)
class Reference:
    """A room uses something that ``other`` brings."""

    path: str
    line: int
    room: Room
    kind: str
    name: str
    other: Room


class Finder:
    """Collects the references of all rooms."""

    def __init__(self, house, code):
        self.house, self.code = house, code
        self.ids, self.used, self.found = {}, set(), set()
        self.inherited = set()
        self.documents = {
            path: etree.parse(path).getroot() for path in house.files(".xml") if self._counts(path)
        }
        self.tables = {
            path: list(csv.DictReader(path.read_text().splitlines()))
            for path in house.files(".csv")
            if "security" in path.parts
        }
        self._collect_ids()

    @staticmethod
    def _counts(path):
        return not {"static", "demo", "tests"} & set(path.parts)

    def all(self):
        """Return every reference out of a room, in the order of files and lines."""
        for path, tree in self.code.trees.items():
            self._python(path, tree)
        for path, root in self.documents.items():
            self._xml(path, root)
        for path, rows in self.tables.items():
            self._csv(path, rows)
        return sorted(self.found, key=lambda ref: (ref.path, ref.line, ref.kind, ref.name))

    def _add(self, path, line, kind, name, other):
        room, _test = self.house.place(path)
        if room and other and room != other:
            self.found.add(Reference(self.house.name(path), line, room, kind, name, other))

    # -- names --------------------------------------------------------------------------------

    def _word(self, path, line, word):
        """A method or a field, by its name alone."""
        kind, room = self.code.owner(word)
        if not room and word.startswith("default_"):
            kind, room = self.code.owner(word.removeprefix("default_"))
        self._add(path, line, kind, word, room)

    def _model(self, path, line, name, kind="model"):
        if name in self.code.models:
            if kind == "model":
                self.used.add(name)
            self._add(path, line, kind, name, self.code.models[name])

    def _text(self, path, line, text, kind="model", is_key=False):
        """All that a text names: models, tables, ids with their addon, methods and fields."""
        for name in MODEL.findall(text):
            self._model(path, line, name, kind)
        for addon, name in XML_ID.findall(text):
            self._id(path, line, addon, name)
        if is_key:
            return
        for words in WORD.findall(XML_ID.sub("", text)):
            for word in words.split("."):
                self._word(path, line, word)
                if word.startswith("water_") and SQL.search(text):
                    self._model(path, line, word.replace("_", "."))

    # -- Python -------------------------------------------------------------------------------

    def _python(self, path, tree):
        room, is_test = self.house.place(path)
        if not room and path.parent.name == "tests":
            return
        skipped, keys, ends = _docstrings(tree) | _columns(tree), _keys(tree), _ends(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(path, node)
            elif is_test:
                continue
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) not in skipped:
                    kind = "inherit" if id(node) in self.inherited else "model"
                    text = f"}}{node.value}" if id(node) in ends else node.value
                    self._text(path, node.lineno, text, kind, id(node) in keys)
            elif isinstance(node, ast.Attribute):
                self._word(path, node.lineno, node.attr)
            elif isinstance(node, ast.keyword) and node.arg:
                self._word(path, node.value.lineno, node.arg)
            elif isinstance(node, ast.ClassDef):
                self._class(path, node)

    def _class(self, path, node):
        """What a class of a model inherits, and the methods it builds on without having them."""
        if not model_class(path, node):
            return
        for item in node.body:
            if isinstance(item, ast.Assign) and getattr(item.targets[0], "id", "") in (
                "_name",
                "_inherit",
            ):
                self.inherited.update(id(part) for part in ast.walk(item.value))
            elif isinstance(item, ast.FunctionDef) and calls_super(item):
                self._word(path, item.lineno, item.name)

    def _import(self, path, node):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            base = node.module or ""
            if node.level:
                parts = ["odoo", *path.relative_to(self.house.root).with_suffix("").parts]
                base = ".".join([*parts[: -node.level], *([base] if base else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[:2] == ["odoo", "addons"] and len(parts) > 3 and parts[2] in NAMES.values():
                target = Room(parts[2], parts[3])
                if target in self.house.plan.order:
                    self._add(path, node.lineno, "import", ".".join(parts[3:]), target)

    # -- XML and CSV --------------------------------------------------------------------------

    def _collect_ids(self):
        """The id belongs to the first room that gives it; the others change its record."""
        for path, root in self.documents.items():
            for item in root.iter("record", "template", "menuitem", "report"):
                self._own_id(path, item.get("id"))
        for path, rows in self.tables.items():
            for row in rows:
                self._own_id(path, row.get("id"))

    def _own_id(self, path, name):
        room, _test = self.house.place(path)
        if not name or not room or "." in name:
            return
        key = room.addon, name
        if key not in self.ids or self.house.plan.rank(room) < self.house.plan.rank(self.ids[key]):
            self.ids[key] = room

    def _id(self, path, line, addon, name):
        if (addon, name) in self.ids:
            self._add(path, line, "id", f"{addon}.{name}", self.ids[addon, name])
        elif name.startswith("model_water_"):
            self._model(path, line, name.removeprefix("model_").replace("_", "."))

    def _reference(self, path, line, text):
        """The id of a record, with its addon or within the own one."""
        own = path.relative_to(self.house.root / "addons").parts[0]
        addon, _dot, name = text.rpartition(".")
        self._id(path, line, addon or own, name)

    def _xml(self, path, root):
        for node in root.iter():
            if not isinstance(node.tag, str):
                continue
            texts = [node.text or "", *(child.tail or "" for child in node)]
            for key, value in node.attrib.items():
                if key in ID_ATTRIBUTES:
                    self._reference(path, node.sourceline, value)
                elif key not in NO_REFERENCE and (key != "name" or node.tag in NAMING):
                    texts.append(value)
            for text in texts:
                for first, second in ID_IN_TEXT.findall(text):
                    self._reference(path, node.sourceline, first or second)
                self._text(path, node.sourceline, KEY_IN_TEXT.sub("", ID_IN_TEXT.sub("", text)))

    def _csv(self, path, rows):
        for number, row in enumerate(rows, 2):
            for key, value in row.items():
                if key and value and (key.endswith(":id") or key.endswith("/id")):
                    self._reference(path, number, value)


def _docstrings(tree):
    """Return the ids of the nodes that are mere words."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.body and isinstance(node.body[0], ast.Expr)
    }


def _ends(tree):
    """Return the ids of the nodes that go on with what an f-string has put together."""
    return {
        id(after)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for before, after in itertools.pairwise(node.values)
        if isinstance(before, ast.FormattedValue)
    }


def _columns(tree):
    """Return the ids of the nodes that name the table of a Many2many and its columns."""
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in MANY
        for part in node.args[1:4]
    }


def _keys(tree):
    """Return the ids of the nodes that are keys of dictionaries which are no record's values."""
    written, keys = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in WRITES:
            written.update(id(part) for arg in node.args for part in ast.walk(arg))
        elif isinstance(node, ast.Dict) and id(node) not in written:
            keys.update(id(key) for key in node.keys if key is not None)
        elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") not in VALUES:
            keys.add(id(node.slice))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
            if getattr(node.func.value, "id", "") not in VALUES:
                keys.add(id(node.args[0]))
    return keys
