"""Check that overriding methods in rooms call ``super()``, all but the lowest one.

A hook without a body may be implemented by one room only. Rooms extend models in place, so two
methods of one name that do not know of each other would hide one another without an error.
"""

import ast
import sys
from collections import defaultdict
from pathlib import Path

from .source import model_class


def _is_open(method):
    is_hook = all(
        isinstance(line, ast.Pass)
        or isinstance(line, ast.Expr | ast.Return)
        and isinstance(line.value, ast.Constant | type(None))
        for line in method.body
    )
    return is_hook or any(isinstance(n, ast.Name) and n.id == "super" for n in ast.walk(method))


def findings(root):
    """Yield a line for each method that two files bring to one model, neither leading on."""
    ends = defaultdict(list)
    for path in sorted((root / "addons").rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        classes = (node for node in ast.parse(path.read_text()).body if hasattr(node, "bases"))
        for cls, found in ((node, model_class(path, node)) for node in classes):
            for node in cls.body if found else ():
                if isinstance(node, ast.FunctionDef) and not _is_open(node):
                    place = f"{path.relative_to(root)}:{node.lineno}"
                    ends[found.model, node.name].append(place)
    for (model, name), places in ends.items():
        if len(places) > 1:
            yield f"{places[0]}: {model}.{name} stands in {places[1]} too, without super()"


if __name__ == "__main__":
    faults = list(findings(Path.cwd()))
    print("\n".join(faults))
    sys.exit(bool(faults))
