"""bin/mutate draws the same faults whatever changes elsewhere; its list of equivalents is true."""

import sys
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "bin" / "lib"))
from water import mutating  # noqa: E402

CODE = """
class Clock:
    _kinds = ("contact", "close")
    due = fields.Datetime(readonly=True)

    def is_late(self, at):
        if not self.due:
            return False
        return at > self.due and at != self.due + 1
"""


def drawn(text, sample, seed=1):
    picked, total = mutating.drawn({"/clock.py": text}, sample, seed)
    return [(fault["text"], fault["words"]) for _path, fault in picked], total


def test_what_is_only_said():
    """That two lists are as long is a promise of the code: no test could break it."""
    both = "def pairs(a, b):\n    for a, b in zip(a, b, strict={}):\n        print(a == b)\n"
    assert [words for _text, words in drawn(both.format(True), 0)[0]] == ["Eq → NotEq"]
    assert "False → True" in [words for _text, words in drawn(both.format(False), 0)[0]]


def test_drawn_by_their_own_words():
    every, total = drawn(CODE, 0)
    assert total == len(every) > 8
    assert {words for _text, words in every} >= {
        *("Gt → GtE", "without not", "due: readonly=False", "_kinds: row 1 left out")
    }
    changed = "import odoo\n\n" + CODE.replace("is_late", "too_late", 1)
    assert drawn(changed, 0)[0] != every  # owners are part of what a fault is
    moved = "import odoo\n\n" + CODE + "\n    def other(self):\n        return None\n"
    first = drawn(CODE, 4)[0]
    assert [row for row in drawn(moved, 0)[0] if row in first] == first
    assert drawn(CODE, 4, seed=2)[0] != first


def test_equivalents_are_there():
    """Each row of the list is a fault of today's code, with a reason."""
    rows = mutating.tomllib.loads(mutating.EQUIVALENTS.read_text())["equivalent"]
    for row in rows:
        path = ROOT / row["file"]
        picked, _total = mutating.drawn({str(path): path.read_text()}, 0, 1)
        assert row["reason"].strip()
        assert mutating.equivalents(ROOT, picked), row
        known = {(fault["text"], fault["words"]) for _path, fault in picked}
        assert (row["text"], row["fault"]) in known, row


def test_lines_that_nobody_has_watched(tmp_path):
    """What was found out for some files says nothing of others: their tests are asked again."""
    (tmp_path / "addons/x/tests").mkdir(parents=True)
    (tmp_path / "addons/x/tests/test_a.py").touch()
    place, name = SimpleNamespace(root=tmp_path, local=tmp_path), "odoo.addons.x.tests.test_a.TestA"
    record = mutating._record(place, {"/b.py": "", "/a.py": ""})
    assert (record["watched"], record["classes"]) == (["/a.py", "/b.py"], {})
    mutating._keep(place, record, name, {"lines": {}})
    part = mutating._record(place, {"/b.py": ""})
    assert (part["watched"], list(part["classes"])) == (["/a.py", "/b.py"], [name])
    assert mutating._record(place, {"/b.py": "", "/c.py": ""})["classes"] == {}


def test_equivalents_are_not_tried(monkeypatch, tmp_path):
    path = tmp_path / "clock.py"
    path.write_text(CODE)
    listed = tmp_path / "list.toml"
    text = "return at > self.due and at != self.due + 1"
    row = {"file": "clock.py", "text": text, "fault": "Gt → GtE", "reason": "x"}
    fields = "\n".join(f"{key} = {value!r}" for key, value in row.items())
    listed.write_text(f"[[equivalent]]\n{fields}\n")
    monkeypatch.setattr(mutating, "EQUIVALENTS", listed)
    picked, _total = mutating.drawn({str(path): CODE}, 0, 1)
    [(_path, fault)] = mutating.equivalents(tmp_path, picked)
    assert fault["words"] == "Gt → GtE"
