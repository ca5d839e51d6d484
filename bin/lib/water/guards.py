"""Checks of our own for security and dates, on the syntax trees and views of the addons.

1. ``sudo()`` in functions that remote callers reach (routes, public methods of models) comes after
   an access check, or a comment ``# sudo: model - why`` says why it needs none.
2. Queries are constants: nothing is formatted into them.
3. No text is evaluated: ``eval``, ``exec``, ``safe_eval``, ``compile``.
4. Context keys are no guard, because every client can send them: a condition compares them by
   ``is`` with an object of ours (``base/trust.py``), or the key is in :data:`HARMLESS`.
5. Templates escape: no ``t-raw``, no ``Markup`` in an expression.
6. Today is the company's day (``_water_today``) or the customer's (``with_context(tz=…)``), not the
   user's: scheduled actions run in UTC. Nor is the day of a moment its date in UTC.
7. Tests name the refusal they expect (``assertRefused``), because any wrongly built call may raise
   a ``UserError``.

Ruff (``S``) has further ones, such as ``Markup`` of variables.
"""

import ast
import re
import sys
from pathlib import Path

#: access checks; ``sudo()`` comes after one of them
CHECKS = re.compile(
    r"check_access|has_access|has_group|_filtered_access|_document_check_access|_?check_\w+"
    r"|_has_\w+|_may_\w+|_is_\w+|_refuse\w*|is_trusted|super"
)
#: Where a remote caller finds methods.
MODELS = {"Model", "AbstractModel", "TransientModel"}
EVALUATE = {"eval", "exec", "compile", "safe_eval"}
#: Calls that send a query, and where it stands.
QUERIES = {"execute", "SQL"}
#: context keys that grant nothing, and why they are read
HARMLESS = {
    "tz": "the zone in which times are shown",
    "lang": "the language of a text",
    "read_group_expand": "the order of columns, which the caller gives up",
    "water_columns_at_a_glance": "how far columns are counted, which the caller may count whole",
    "active_model": "what a button stands on; the user's own rights find it",
    "active_id": "as above",
    "active_ids": "as above",
    "report_pdf_no_attachment": "printed again, by whoever may print it",
    "allowed_company_ids": "compared with the companies of the user",
    "water_page": "the address in links of a page that is made for the caller alone",
}
REASON = "# sudo:"
#: Attributes that are moments, kept in UTC.
MOMENT = re.compile(r"\w+_at|(create|write)_date")
#: Where ``assertRefused`` stands, which awaits any and looks at its words.
HELPER = "common.py"
#: Findings that are right as they are: (file, words in the finding) and the reason.
ALLOWED = {
    ("addons/water_service_desk/base/uninstall.py", "DROP FUNCTION"): "a name from pg_proc, quoted",
    ("addons/water_service_desk/base/trust.py", "_force_unlink"): "with the system's own number",
    (
        "addons/water_service_desk/monitoring/models/water_alarm.py",
        "execute(figure.sql)",
    ): "literals of rooms, which name no value but the moment",
}


class Reader(ast.NodeVisitor):
    """Findings in one module."""

    def __init__(self, text):
        self.lines = text.splitlines()
        self.found = []
        self.classes = []
        self.depth = 0
        self.visit(ast.parse(text))

    def _add(self, node, words):
        self.found.append((node.lineno, words))

    def visit_ClassDef(self, node):
        self.classes.append(node)
        self.generic_visit(node)
        self.classes.pop()

    def visit_FunctionDef(self, node):
        if not self.depth and self._is_reached(node):
            self._sudo(node)
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1

    def visit_Call(self, node):
        name = _name(node.func)
        if name in EVALUATE and isinstance(node.func, ast.Name):
            self._add(node, f"{name}() of text")
        if name in QUERIES and node.args and not _is_constant(node.args[0]):
            text = ast.unparse(node.args[0])[:40]
            self._add(node, f"a query that is put together: {name}({text})")
        if _is_utc_day(node):
            self._add(node, "the day of UTC: ask _water_today(moment)")
        if name == "context_today" and "with_context" in ast.unparse(node.args[0]):
            return
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if node.attr == "context_today":
            self._add(node, "the day of whoever runs this: ask _water_today()")
        self.generic_visit(node)

    def visit_If(self, node):
        self._condition(node.test)
        self.generic_visit(node)

    visit_While = visit_IfExp = visit_If

    def visit_BoolOp(self, node):
        for value in node.values:
            self._condition(value)
        self.generic_visit(node)

    def _is_reached(self, node):
        decorators = {
            _name(row.func if isinstance(row, ast.Call) else row) for row in node.decorator_list
        }
        if "route" in decorators:
            return True
        of_model = self.classes and any(_name(base) in MODELS for base in self.classes[-1].bases)
        private = {"private", "depends", "onchange", "constrains", "ondelete", "autovacuum"}
        return of_model and not node.name.startswith("_") and not decorators & private

    def _sudo(self, node):
        calls = [row for row in ast.walk(node) if isinstance(row, ast.Call)]
        checks = [row.lineno for row in calls if CHECKS.fullmatch(_name(row.func) or "")]
        first = min(checks, default=None)
        for row in calls:
            is_early = first is None or row.lineno < first
            if _name(row.func) == "sudo" and is_early and not self._gives_reason(row):
                self._add(row, f"{node.name}: sudo() before a check of access, without a reason")

    def _gives_reason(self, node):
        here = node.end_lineno - 1
        above = self.lines[max(0, node.lineno - 6) : here + 1]
        return any(REASON in line for line in above)

    def _condition(self, test):
        """A key of the context that decides something, compared with no object of ours."""
        by_identity = {
            id(part)
            for row in ast.walk(test)
            if isinstance(row, ast.Compare) and isinstance(row.ops[0], ast.Is | ast.IsNot)
            if not isinstance(row.comparators[0], ast.Constant)
            for part in ast.walk(row)
        }
        for node in ast.walk(test):
            key = _context_key(node)
            if key and id(node) not in by_identity and key not in HARMLESS:
                self._add(node, f"the context's key {key!r} decides")


def _name(node):
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _is_utc_day(node):
    name, owner = _name(node.func), getattr(node.func, "value", None)
    if name == "today":
        return _name(owner) in ("Date", "date")
    part = owner if name == "date" else (node.args or [None])[0] if name == "to_date" else None
    return isinstance(part, ast.Attribute) and bool(MOMENT.fullmatch(part.attr))


def _is_constant(node):
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return True  # it was judged where it was made, or is a constant
    return isinstance(node, ast.Call) and _name(node.func) == "SQL"


def _context_key(node):
    """Return the key that is read from a context, or None."""
    is_get = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if is_get and node.func.attr == "get" and node.args:
        owner, key = node.func.value, node.args[0]
    elif isinstance(node, ast.Subscript):
        owner, key = node.value, node.slice
    else:
        return None
    if _name(owner) not in ("context", "_context") or not isinstance(key, ast.Constant):
        return None
    return key.value


def findings(root):
    """Yield a line for each finding below ``addons``."""
    for path in sorted((root / "addons").rglob("*.py")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for line, words in sorted(set(Reader(path.read_text()).found)):
            name = str(path.relative_to(root))
            if not any(name == file and part in words for file, part in ALLOWED):
                yield f"{name}:{line}: {words}"
    for path in sorted((root / "addons").rglob("tests/*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if "assertRaises(UserError" in line and path.name != HELPER:
                yield f"{path.relative_to(root)}:{number}: a refusal without its words"
    for path in sorted((root / "addons").rglob("*.xml")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"\bt-raw=|t-(?:out|esc)=\"[^\"]*Markup\(", line):
                yield f"{path.relative_to(root)}:{number}: a template that does not escape"


if __name__ == "__main__":
    found = list(findings(Path.cwd()))
    for row in found:
        print(row)
    sys.exit(bool(found))
