"""bin/figures counts what it says, and shows an earlier commit where git has it."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bin" / "lib"))
from water import figures, release  # noqa: E402

MODELS = '''
"""Module."""

class Mixin(models.AbstractModel):
    _name = "water.mixin"

    def _once(self):
        pass

    def _twice(self):
        # a comment
        return self.sudo().name

    def _never(self):
        return 1

class Case(models.Model):
    _name = "water.case"
    _inherit = ["water.mixin"]

class PartOfCase(models.Model):
    _inherit = "water.case"

    def _once(self):
        return super()._once()

    def _twice(self):
        return super()._twice()

class MoreOfCase(models.Model):
    _inherit = "water.case"

    def _twice(self):
        """Method.

        :return: a name
        """
        return super()._twice()

    def _compute_display_name(self):
        return super()._compute_display_name()
'''
TESTS = """
class TestCase:
    def _never(self):
        return self

    def test_door(self):
        self._never().action_close()

    def test_inside(self):
        self.case._never()
"""


def write(root, path, text):
    """Write one file."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def git(root, *arguments):
    """Run git in a folder."""
    person = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", *person, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def house(tmp_path):
    """A small house with two addons."""
    root = tmp_path / "house"
    write(root, "addons/water_service_desk/case/models/case.py", MODELS.lstrip())
    write(root, "addons/water_service_desk/case/tests/test_case.py", TESTS.lstrip())
    write(root, "addons/water_service_desk/case/views/case.xml", "<odoo>\n</odoo>\n")
    write(root, "addons/water_quality/kpi/kpi.py", f"def kpi():\n{'    x = 1\n' * 61}")
    for name in ("bin/tool", "bin/lib/tool.py", "bin/lib/tool.toml", "tests/test_x.py"):
        write(root, name, "x = 1\n")
    write(root, "config/long.py", "x = 1\n" * 801)
    return root


def test_static_figures_of_a_small_house(house):
    """A helper of tests on ``self`` and an override of Odoo's method do not count."""
    found = figures.static_figures(house)
    models = len(MODELS.lstrip().splitlines())
    code = models - MODELS.count("\n\n") - 5 + 62  # lines of two docstrings and of a comment
    assert found == {
        "lines of Python in the addons, without tests": models + 62,
        "of these in service desk and complaints": models,
        "lines of tests": len(TESTS.lstrip().splitlines()) + 1,
        "lines of XML": 2,
        "lines of Python and shell in bin": 2,
        "Python files in the addons, without tests": 2,
        "files over 800 lines": 1,
        "methods over 60 lines": 1,
        "functions": 8,
        "docstrings per function": 2 / 8,
        "hooks": 2,
        "hooks with one override": 1,
        "% of tests that call private methods": 50,
        "sudo() per 1,000 lines of code": 1000 / code,
    }


def test_goals_name_figures_that_are_counted(house):
    running = ("classes of water.", "filing with a photo: ", "approving a compensation: ")
    others = figures.GOALS.keys() - figures.static_figures(house)
    assert all(name.startswith(running) for name in others), others


def test_earlier_figures_where_git_has_the_commit(house, monkeypatch):
    monkeypatch.setattr(release, "CHECKOUT", house)
    assert figures.earlier_figures("HEAD~1") == {}  # no repository
    git(house, "init", "-q")
    for name in ("a", "b"):
        write(house, f"addons/water_quality/kpi/{name}.py", "x = 1\n")
        git(house, "add", ".")
        git(house, "commit", "-qm", name)
    now = figures.static_figures(house)
    before = figures.earlier_figures("HEAD~1")
    assert before == now | {
        name: now[name] - 1
        for name in now
        if name.startswith(("lines of Python in", "Python files"))
    } | {"sudo() per 1,000 lines of code": before["sudo() per 1,000 lines of code"]}
    assert figures.table(now, before)[0].split() == ["before", "now", "goal"]
    shallow = house.parent / "shallow"
    git(house.parent, "clone", "-q", "--depth=1", f"file://{house}", str(shallow))
    monkeypatch.setattr(release, "CHECKOUT", shallow)
    assert figures.earlier_figures("HEAD~1") == {}
    assert figures.table(now, {})[0].split() == ["now", "goal"]
