"""A model has one method of a name, or each but the lowest leads on by ``super()``; a hook, which
does nothing by itself, may be answered by one room alone.

Rooms extend models in place: two that bring a method of the same name to one model without knowing
of each other would take it from one another, and Python says nothing.
"""

import ast
import sys
from collections import defaultdict
from pathlib import Path


def _named(cls):
    """The model that a class makes or extends, or nothing."""
    given = {
        statement.targets[0].id: statement.value
        for statement in cls.body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }
    value = given.get("_name") or given.get("_inherit")
    if isinstance(value, ast.List | ast.Tuple) and len(value.elts) == 1:
        value = value.elts[0]
    return value.value if isinstance(value, ast.Constant) else None


def _is_open(method):
    """Whether a method does nothing by itself, or leads on."""
    is_hook = all(
        isinstance(line, ast.Pass)
        or (
            isinstance(line, ast.Expr | ast.Return)
            and isinstance(line.value, ast.Constant | type(None))
        )
        for line in method.body
    )
    return is_hook or any(
        isinstance(node, ast.Name) and node.id == "super" for node in ast.walk(method)
    )


def findings(root):
    """Yield a line for each method that two files bring to one model, neither leading on."""
    ends = defaultdict(list)
    for path in sorted((root / "addons").rglob("*.py")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        for cls in ast.parse(path.read_text()).body:
            model = _named(cls) if isinstance(cls, ast.ClassDef) else None
            for node in cls.body if model else ():
                if isinstance(node, ast.FunctionDef) and not _is_open(node):
                    ends[model, node.name].append(f"{path.relative_to(root)}:{node.lineno}")
    for (model, name), places in ends.items():
        if len(places) > 1:
            yield f"{places[0]}: {model}.{name} stands in {places[1]} too, without super()"


if __name__ == "__main__":
    found = list(findings(Path.cwd()))
    print("\n".join(found))
    sys.exit(bool(found))
