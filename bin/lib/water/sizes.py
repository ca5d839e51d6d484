"""The limits on the size of the code: methods of 60 lines, files of 800."""

import ast
import sys
from pathlib import Path

METHOD = 60
FILE = 800
KINDS = {".py", ".js", ".scss", ".css", ".sh"}


def own_lines(node):
    """Return how many lines a function has without its docstring."""
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def faults(root, folders):
    """Yield a line for each method and file below ``folders`` that is too long."""
    for path in sorted(path for folder in folders for path in (root / folder).rglob("*")):
        if path.suffix not in KINDS or "static/lib" in str(path):
            continue
        text, name = path.read_text(), path.relative_to(root)
        lines = len(text.splitlines())
        if lines > FILE:
            yield f"{name}: {lines} lines, {FILE} allowed"
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            lines = own_lines(node)
            if lines > METHOD:
                yield f"{name}:{node.lineno}: {node.name} has {lines} lines, {METHOD} allowed"


if __name__ == "__main__":
    found = list(faults(Path.cwd(), sys.argv[1:]))
    print("\n".join(found))
    sys.exit(bool(found))
