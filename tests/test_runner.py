"""The plugins of bin/test do what they are for, each on a small test file of its own."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "bin" / "lib"


@pytest.fixture
def run(tmp_path):
    """Return a function that runs pytest on a text: (exit code, output)."""

    def _run(text, plugin, *options, **variables):
        path = tmp_path / "test_small.py"
        path.write_text(textwrap.dedent(text))
        kept = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
        kept.pop("WATER_LONG", None)
        args = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", plugin, *options]
        done = subprocess.run(
            [*args, str(path)],
            env=kept | {"PYTHONPATH": str(LIBRARY)} | variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return _run


LOGS = """
    import logging, threading, unittest

    LOGGER = logging.getLogger("odoo.addons.water_x")

    class Test(unittest.TestCase):
        def test_silent(self):
            LOGGER.warning("nothing much")
            logging.getLogger("other").error("not ours")

        def test_expected(self):
            with self.assertLogs(LOGGER, "ERROR"):
                LOGGER.error("expected")
            with self.assertLogs("odoo", "ERROR"):
                LOGGER.error("expected")
            with self.assertLogs(level="ERROR"):
                LOGGER.error("expected")

        def test_logs(self):
            LOGGER.error("the pump %s", "burst")

        def test_logs_in_a_thread(self):
            try:
                raise ValueError("deep down")
            except ValueError:
                thread = threading.Thread(target=LOGGER.exception, args=("in a thread",))
                LOGGER.critical("critical", exc_info=True)
            thread.start()
            thread.join()

        def test_fails_anyway(self):
            LOGGER.error("and fails")
            self.assertTrue(False)

    class TestSetUp(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            LOGGER.error("set up badly")

        def test_nothing(self):
            pass
"""


def test_logged_errors_fail(run):
    code, output = run(LOGS, "water.log_errors", "-rA")
    assert code == 1
    assert set(re.findall(r"^PASSED \S+::(\w+)$", output, re.M)) == {
        "test_silent",
        "test_expected",
    }
    failed = set(re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", output, re.M))
    assert failed == {"test_logs", "test_logs_in_a_thread", "test_fails_anyway", "test_nothing"}
    for line in ("odoo.addons.water_x ERROR: the pump burst", "set up badly", "in a thread"):
        assert line in output
    assert "ValueError: deep down" in output


def test_without_the_plugin_they_pass(run):
    code, output = run(LOGS, "water.properties")
    assert code == 1, output
    assert "1 failed, 5 passed" in output


PROPERTY = """
    import pathlib
    from hypothesis import given, settings, strategies as st

    SEEN = []

    @settings(max_examples=30, derandomize=True)
    @given(st.integers())
    def test_fixed(number):
        SEEN.append(number)

    @given(st.integers())
    def test_free(number):
        SEEN.append(number)

    def test_end():
        pathlib.Path("seen.txt").write_text(repr(SEEN))
"""


def test_properties_are_tried_alike(run, tmp_path):
    seen = []
    for _time in range(2):
        code, output = run(PROPERTY, "water.properties")
        assert code == 0, output
        seen.append((tmp_path / "seen.txt").read_text())
    assert seen[0] == seen[1]
    assert len(eval(seen[0])) == 130


def test_long_form(run, tmp_path):
    seen = []
    for number, some in (("1", ()), ("2", ("-k", "fixed or end"))):
        options = ("water.properties", f"--hypothesis-seed={number}", *some)
        code, output = run(PROPERTY, *options, WATER_LONG="1")
        assert code == 0, output
        seen.append(eval((tmp_path / "seen.txt").read_text()))
    assert len(seen[0]) > 2000
    assert len(seen[1]) == 600
    assert seen[0][:600] != seen[1]


BROKEN = """
    from hypothesis import given, strategies as st

    @given(st.integers())
    def test_small(number):
        assert number < 50
"""


def test_failures_can_be_repeated(run):
    code, output = run(BROKEN, "water.properties")
    assert code == 1
    assert "number = 50" in output
    assert "@reproduce_failure" in output


def test_wrong_runs(monkeypatch):
    """A run with no findings, or fewer than before, is a failure."""
    monkeypatch.syspath_prepend(str(LIBRARY))
    from water.testing import NO_TESTS, Runs

    runs = Runs(place=None)
    runs.counts.update(passed=10)
    runs.codes = [0, 0]
    assert runs.outcome() == (0, "10 passed")
    assert runs.outcome(floor=11) == (1, "1 tests fewer than there were, 10 passed")
    runs.codes = [0, NO_TESTS]
    assert runs.outcome() == (1, "a run without tests, 10 passed")
    assert runs.outcome(may_be_empty=True) == (0, "10 passed")
    assert Runs(place=None).outcome() == (1, "no tests ran")


MEETING = """
    import pathlib, time

    def test_{mine}_meets():
        folder = pathlib.Path({folder!r})
        (folder / "{mine}").touch()
        end = time.monotonic() + 60
        while not (folder / "{others}").exists():
            assert time.monotonic() < end
            time.sleep(0.1)
        assert {is_well}
"""


def test_two_runs_at_once(tmp_path, monkeypatch, capfd):
    """Both are under way together; what one does beside the other counts, and is told after it."""
    monkeypatch.syspath_prepend(LIBRARY)
    monkeypatch.setenv("WATER_LOCAL", str(tmp_path / "local"))
    monkeypatch.chdir(tmp_path)  # ``Place`` goes to its folder
    for name in [name for name in os.environ if "PYTEST" in name]:
        monkeypatch.delenv(name)
    from water.place import Place
    from water.testing import Runs

    files = {}
    for mine, others, is_well in (("first", "second", True), ("second", "first", False)):
        files[mine] = tmp_path / f"test_{mine}.py"
        text = MEETING.format(mine=mine, others=others, is_well=is_well, folder=str(tmp_path))
        files[mine].write_text(textwrap.dedent(text))
    runs = Runs(Place())
    with runs.beside(sys.executable, ["-rA", str(files["second"])], {}):
        runs.run(sys.executable, ["-rA", str(files["first"])], {})
    assert runs.outcome() == (1, "1 failed, 1 passed")
    said = capfd.readouterr().out
    assert said.index("test_first_meets") < said.index("test_second_meets")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_given_at_once(tmp_path, option):
    """No packages, no server and no database are made for it."""
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "water.testing", option],
        env=os.environ | {"PYTHONPATH": str(LIBRARY), "WATER_LOCAL": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "bin/test --broad" in done.stdout
    assert list(tmp_path.iterdir()) == []
