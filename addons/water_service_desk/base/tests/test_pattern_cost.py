"""Each regular expression of the addons takes time in proportion to the text it looks at."""

import ast
import re
import sys
import time
from pathlib import Path

from odoo.tests import TransactionCase, tagged

METHODS = {"search", "match", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
#: One character of each class, which outside text may repeat without end.
REPEATED = " \t\n\u3000\u200baAé0_中.,;:!?。“\"'<>()[]{}-/\\@%&#=*+|"
SHORT = 4000  # characters
#: Seconds: below it a pattern is quick enough not to be measured again.
QUICK = 0.01


def texts(size):
    """Yield texts that repeat one character, alone and in the middle of others."""
    for sign in REPEATED:
        yield sign * size
        yield f"x{sign * size}\x01x"
        yield f"<a {sign * size}\x01"
    yield "ab " * (size // 3)
    yield "<a>" * (size // 3)


def cost(pattern, is_anchored, text):
    """Return the processor seconds that ``pattern`` takes for ``text``."""
    began = time.process_time()
    if is_anchored:
        pattern.match(text)
    else:
        for _found in pattern.finditer(text):
            pass
    return time.process_time() - began


def is_linear(pattern, is_anchored):
    """Whether four times the text takes no more than about four times as long."""
    for short, long in zip(texts(SHORT), texts(4 * SHORT), strict=True):
        if isinstance(pattern.pattern, bytes):
            short, long = short.encode(), long.encode()
        first = cost(pattern, is_anchored, short)
        if first > QUICK and cost(pattern, is_anchored, long) > 8 * first:
            return False
    return True


def _compiled(value):
    """Yield the patterns in the value of a module or class: itself, or what it consists of."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _compiled(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _compiled(part)


def _in_calls(tree):
    """Yield (pattern, method) of calls such as ``re.sub(r"...", ...)``."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and getattr(node.func.value, "id", None) == "re"
            and node.func.attr in METHODS
            and isinstance(node.args[0], ast.Constant)
        ):
            yield re.compile(node.args[0].value), node.func.attr


def _methods_of_names(sources):
    found = {}
    for source in sources:
        for name, method in re.findall(r"\b(\w+)\.(\w+)\(", source):
            if method in METHODS:
                found.setdefault(name, set()).add(method)
    return found


@tagged("post_install", "-at_install")
class TestPatternCost(TransactionCase):
    def _patterns(self):
        """Return {pattern: whether it is always tried at the beginning of a text alone}."""
        house = Path(__file__).parents[3]
        files = house.glob("water_*/**/*.py")
        sources = [path.read_text() for path in files if "tests" not in path.parts]
        called, found = _methods_of_names(sources), {}
        for source in sources:
            for pattern, method in _in_calls(ast.parse(source)):
                found.setdefault(pattern, set()).add(method)
        for name, module in list(sys.modules.items()):
            if name.startswith("odoo.addons.water_") and ".tests." not in f"{name}.":
                for constant, value in vars(module).items():
                    for pattern in _compiled(value):
                        found.setdefault(pattern, set()).update(called.get(constant, {"search"}))
        return {pattern: used <= {"match", "fullmatch"} for pattern, used in found.items()}

    def test_pattern_on_long_run_of_each_character_is_linear(self):
        patterns = self._patterns()
        self.assertGreater(len(patterns), 80)
        slow = [
            pattern.pattern
            for pattern, is_anchored in patterns.items()
            if not is_linear(pattern, is_anchored)
        ]
        self.assertFalse(slow)

    def test_quadratic_pattern_is_noticed(self):
        self.assertFalse(is_linear(re.compile(r"\s+$"), False))
        self.assertTrue(is_linear(re.compile(r"\s+$"), True))
