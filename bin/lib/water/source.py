"""Read the models of the addons from their sources, without Odoo."""

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ModelClass:
    """A class that makes or extends a model."""

    path: Path
    line: int
    model: str
    parents: tuple
    is_new: bool


def _literal(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def model_class(path, node):
    """Return the ``ModelClass`` of a class, or None for a class that is no model."""
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
    return ModelClass(path, node.lineno, model, parents, model not in parents)


def calls_super(function):
    """Tell whether a method calls the method that it overrides."""
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
