"""Small faults in Python code, made in its syntax tree. Used by bin/mutate; free of Odoo."""

import ast
import copy

#: Attributes of fields that decide on rights and data.
ATTRIBUTES = {"readonly", "required", "copy"}
#: Class attributes of Odoo, which are no tables of ours.
NO_TABLES = {"_inherit", "_inherits", "_name", "_order", "_rec_names_search", "_depends"}
_PAIRS = [(ast.Eq, ast.NotEq), (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.In, ast.NotIn)]
_PAIRS += [(ast.Is, ast.IsNot), (ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.Div)]
_PAIRS += [(ast.BitOr, ast.BitAnd)]
OTHER = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}


def faults(source):
    """Yield ``(number, what)`` of every fault that can be put into a module.

    :param source: the module's text
    :return: ``what`` has ``line``, ``kind`` (function, table or field), ``words``, and ``owner``:
        first line and qualified name of the function, or class and name of the attribute
    """
    for number, (what, _tree, _node) in enumerate(_changed(ast.parse(source))):
        yield number, what


def mutated(source, number):
    """The tree of a module with fault ``number``, and for tables and fields the new value."""
    for position, (_what, tree, node) in enumerate(_changed(ast.parse(source))):
        if position == number:
            return ast.fix_missing_locations(copy.deepcopy(tree)), copy.deepcopy(node)
    raise IndexError(number)


def _changed(tree):
    """Yield ``(what, tree, node)`` with the tree changed in place until the next one is asked."""
    for holder in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
        name = getattr(holder, "name", "")
        for node in holder.body:
            if isinstance(node, ast.FunctionDef):
                first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
                owner = (first, f"{name}.{node.name}" if name else node.name)
                yield from _in_function(tree, node, owner)
            elif name and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                owner = (name, node.targets[0].id)
                yield from _in_class(tree, node, owner)


def _in_function(tree, function, owner):
    parents = [node for part in function.body for node in ast.walk(part)]
    for parent in [function, *parents]:
        for field, value in ast.iter_fields(parent):
            if parent is function and field != "body":
                continue
            holder, keys = (value, range(len(value))) if isinstance(value, list) else (None, [0])
            for key in keys:
                old = holder[key] if holder is not None else value
                for words, new in _variants(parent, field, old):
                    what = {"line": getattr(old, "lineno", None) or parent.lineno}
                    what |= {"kind": "function", "words": words, "owner": owner}
                    _put(parent, field, holder, key, new)
                    yield what, tree, None
                    _put(parent, field, holder, key, old)


def _put(parent, field, holder, key, node):
    if holder is None:
        setattr(parent, field, node)
    else:
        holder[key] = node


def _variants(parent, field, node):
    """``(words, other node)`` for what stands in ``field`` of ``parent``."""
    if type(node) in OTHER:
        other = OTHER[type(node)]
        yield f"{type(node).__name__} → {other.__name__}", other()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "without not", node.operand
    elif getattr(parent, "arg", None) == "strict" and getattr(node, "value", None) is True:
        pass  # of ``zip``: it says that both are as long, which no test can have otherwise
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield (
            f"{node.value} → {not node.value}",
            ast.copy_location(ast.Constant(not node.value), node),
        )
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield (
            f"{node.value} → {node.value + 1}",
            ast.copy_location(ast.Constant(node.value + 1), node),
        )
    if field == "test" and isinstance(node, ast.Name | ast.Attribute | ast.Call):
        yield "condition negated", ast.UnaryOp(ast.Not(), node, lineno=node.lineno, col_offset=0)
    if isinstance(parent, ast.Return) and node is not None:
        yield "nothing is returned", _nothing(node)


def _nothing(node):
    """What works ``node`` out and is None: the names of the function stay the same."""
    both = ast.Tuple([node, ast.Constant(None)], ast.Load())
    return ast.copy_location(ast.Subscript(both, ast.Constant(1), ast.Load()), node)


def _in_class(tree, assign, owner):
    value = assign.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute | ast.Name):
        for keyword in value.keywords:
            old = keyword.value
            if keyword.arg in ATTRIBUTES and isinstance(getattr(old, "value", None), bool):
                what = {"line": keyword.value.lineno, "kind": "field", "owner": owner}
                what["words"] = f"{owner[1]}: {keyword.arg}={not old.value}"
                yield what, tree, (keyword.arg, not old.value)
    if not owner[1].startswith("_") or owner[1] in NO_TABLES:
        return
    inner = value.args[0] if isinstance(value, ast.Call) and value.args else value
    if isinstance(inner, ast.Dict | ast.Tuple | ast.Set | ast.List):
        for position, item in enumerate(inner.elts if hasattr(inner, "elts") else inner.values):
            lists = [inner.elts] if hasattr(inner, "elts") else [inner.keys, inner.values]
            kept = [part[:] for part in lists]
            for part in lists:
                del part[position]
            what = {"line": item.lineno, "kind": "table", "owner": owner}
            yield what | {"words": f"{owner[1]}: row {position + 1} left out"}, tree, value
            for part, old in zip(lists, kept, strict=True):
                part[:] = old
