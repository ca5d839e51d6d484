"""A model has one method of a name, or each but the lowest leads on by ``super()``; a hook, which
does nothing by itself, may be answered by one room alone.

Rooms extend models in place: two that bring a method of the same name to one model without knowing
of each other would take it from one another, and Python says nothing.
"""

import ast
import sys
from collections import defaultdict
from pathlib import Path

from .source import model_class


def _is_open(method):
    """Tell whether a method does nothing by itself, or leads on."""
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
