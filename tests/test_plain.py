"""The lint for plain English, and that for files that do not belong in the repository."""

import subprocess

import pytest
from water import plain, tidy


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        ('def f():\n    """Return the open cases."""\n', []),
        ('def f():\n    """What waits for an answer."""\n', ["docstrings: first word"]),
        ("# Of a case that is over\nx = 1\n", ["comments: first word"]),
        ("# the case is open. Whoever closed it\n", ["comments: first word", "comments: whoever"]),
        ("# the customer has lost his number\n", ["comments: he"]),
        ('"""Tell nobody."""\n', ["docstrings: somebody"]),
        ("def test_case_after_refusal_stays_open(): ...\n", []),
        ("def test_what_nobody_told(): ...\n", ["tests: name", "tests: name"]),
    ],
)
def test_breaches_of_source_are_found(source, rules):
    assert [rule for _line, rule, _text in plain.breaches(source)] == rules


def test_count_above_the_allowed_fails_and_lower_passes(tmp_path, monkeypatch):
    allowed = tmp_path / "plain.json"
    monkeypatch.setattr(plain, "ALLOWED", allowed)
    (tmp_path / "addons").mkdir()
    (tmp_path / "addons" / "a.py").write_text("# whoever\n")
    allowed.write_text('{"comments: whoever": 1}')
    assert not list(plain.faults(tmp_path))
    allowed.write_text("{}")
    assert list(plain.faults(tmp_path)) == ["comments: whoever: 1 breaches, 0 allowed"]


def _git(folder, *arguments):
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)


def test_commit_subject_without_room_or_too_long_is_refused(tmp_path, monkeypatch):
    _git(tmp_path, "init", "-q", "-b", "main")
    for subject in (
        "start",
        "clock: judge limits when they are known",
        "Judge limits",
        "a: " + "b" * 70,
    ):
        _git(tmp_path, "commit", "-q", "--allow-empty", "-m", subject)
    monkeypatch.setattr(plain, "BEFORE", "HEAD~3")
    faults = list(plain.commit_faults(tmp_path))
    assert ["Judge limits" in line or "a: b" in line for line in faults] == [True, True]


def test_cache_large_binary_and_odd_name_are_refused(tmp_path):
    _git(tmp_path, "init", "-q")
    (tmp_path / ".mypy_cache").mkdir()
    (tmp_path / ".mypy_cache" / "x.json").write_text("{}")
    (tmp_path / "layout = () => {p").write_text("")
    (tmp_path / "big.bin").write_bytes(bytes(tidy.LARGE + 1))
    (tmp_path / "fine.py").write_text("")
    _git(tmp_path, "add", "-A")
    names = [line.split(":")[0] for line in tidy.faults(tmp_path)]
    assert sorted(names) == ["'layout = () => {p'", ".mypy_cache/x.json", "big.bin"]
