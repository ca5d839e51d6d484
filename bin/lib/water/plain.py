"""``python -m water.plain``: count breaches of plain English; the counts may only fall.

No sentence of a docstring or comment begins with a word of ``FIRST``, and the words of ``RULES``
are used sparingly. The allowed counts stand in ``plain.json``. ``--since REVISION`` lists the
breaches in lines added since then, ``--update`` writes lower counts.
"""

import argparse
import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections import Counter
from pathlib import Path

from .place import CHECKOUT

ALLOWED = Path(__file__).with_suffix(".json")
FOLDERS = ("addons", "bin", "config", "tests")
FIRST = "What|Who|Whom|Whose|Whoever|Of|By|Nor|So|Nothing|Nobody|Somebody|Everybody|It|That"
RULES = {
    "first word": re.compile(rf"(?:^|[.!?:]\s+)(?:{FIRST})\b"),
    "whoever": re.compile(r"\b(?:who|whom|what)ever\b", re.IGNORECASE),
    "somebody": re.compile(r"\b(?:some|no|every|any)body\b|\bnothing\b", re.IGNORECASE),
    "he": re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE),
}
#: In the names of tests, whose words are joined by underscores.
NAME = re.compile(
    r"^test_(?:what|who|whom|whose|of|by|so|it|that)_|_?(?:some|no|every)body|whoever"
)
#: The last commit before the rule for subjects.
BEFORE = "89c8b6f0f45253a8372a32f285979b70326e2f65"
SUBJECT = re.compile(r"[a-z0-9][\w./ -]*: \S.*")
WIDTH = 72


def texts(source):
    """Yield (line, kind, text) of each docstring and block of comments of Python source."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if text := ast.get_docstring(node):
                yield node.body[0].lineno, "docstrings", text
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.lineno, "tests", node.name
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    block, last = [], 0
    for token in tokens:
        if token.type != tokenize.COMMENT:
            continue
        if block and token.start[0] != last + 1:
            yield last - len(block) + 1, "comments", " ".join(block)
            block = []
        block.append(token.string.lstrip("#: "))
        last = token.start[0]
    if block:
        yield last - len(block) + 1, "comments", " ".join(block)


def breaches(source):
    """Yield (line, "kind: rule", excerpt) of each breach in Python source."""
    for line, kind, text in texts(source):
        for rule, pattern in {"name": NAME}.items() if kind == "tests" else RULES.items():
            for match in pattern.finditer(text):
                where = line + text.count("\n", 0, match.start())
                yield where, f"{kind}: {rule}", text[match.start() :][:70].split("\n")[0]


def files(root):
    """Return the Python files that the rules are about."""
    return sorted(path for folder in FOLDERS for path in (Path(root) / folder).rglob("*.py"))


def counts(root):
    """Return {rule: breaches} of the whole tree."""
    return Counter(
        rule for path in files(root) for _line, rule, _text in breaches(path.read_text())
    )


def added(root, revision):
    """Yield "file:line: rule: excerpt" of the breaches in lines added since ``revision``."""
    diff = _git(root, "diff", "-U0", "--no-prefix", revision, "--", *FOLDERS)
    lines, name = set(), ""
    for row in diff.splitlines():
        if row.startswith("+++ "):
            name = row[4:]
        elif found := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", row):
            first, size = int(found[1]), int(found[2] or 1)
            lines |= {(name, number) for number in range(first, first + size)}
    for name in sorted({name for name, _line in lines if name.endswith(".py")}):
        for line, rule, text in breaches((Path(root) / name).read_text()):
            if (name, line) in lines:
                yield f"{name}:{line}: {rule}: {text}"


def commit_faults(root=CHECKOUT):
    """Yield a line for each commit subject that is not ``room: imperative`` in 72 characters."""
    for row in _git(root, "log", "--no-merges", "--format=%h %s", f"{BEFORE}..HEAD").splitlines():
        digest, _blank, subject = row.partition(" ")
        if len(subject) > WIDTH or not SUBJECT.fullmatch(subject):
            yield f"{digest}: {subject} (write 'room: imperative' in {WIDTH} characters)"


def _git(root, *arguments):
    command = ["git", "-c", f"safe.directory={root}", "-C", root, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def faults(root=CHECKOUT):
    """Yield a line for each rule that is broken more often than allowed."""
    allowed = json.loads(ALLOWED.read_text())
    for rule, count in sorted(counts(root).items()):
        if count > allowed.get(rule, 0):
            yield f"{rule}: {count} breaches, {allowed.get(rule, 0)} allowed"


def main():
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m water.plain", description=__doc__)
    parser.add_argument("--since", metavar="REVISION", help="list breaches in lines added since")
    parser.add_argument("--update", action="store_true", help="write the counts of the tree")
    options = parser.parse_args()
    if options.since:
        print("\n".join(added(CHECKOUT, options.since)))
        return 0
    found = list(faults())
    if options.update and not found:
        ALLOWED.write_text(json.dumps(counts(CHECKOUT), indent=2, sort_keys=True) + "\n")
    print("\n".join(found))
    if found:
        print(
            "find them: PYTHONPATH=bin/lib python3 -m water.plain --since HEAD (or an older commit)"
        )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
