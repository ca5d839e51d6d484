"""bin/lint on dependencies and files: each rule is broken once in a small copy of two addons."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bin" / "lib"))
from water import depends  # noqa: E402

MODEL = """
class Tank(models.Model):
    _name = "water.tank"
    water_level = fields.Float()

    def _fill_tank(self):
        return 1
"""
HEIR = "class Tank(models.Model):\n    _inherit = 'water.tank'\n\n    def _go(self):\n        {}\n"
DESK, ABOVE = "addons/water_service_desk", "addons/water_complaints"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file of the copy, in which complaints build on the desk."""
    monkeypatch.setattr(depends, "ADDONS", ("water_service_desk", "water_complaints"))

    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    write(f"{DESK}/__manifest__.py", "{'depends': ['mail'], 'data': ['a/views/a.xml']}")
    write(f"{ABOVE}/__manifest__.py", "{'depends': ['water_service_desk'], 'data': []}")
    write(f"{DESK}/a/views/a.xml", '<odoo><record id="below"/></odoo>')
    return write


def found(root):
    """Return the findings below ``root``, with an empty foreign package."""
    core = root / "core"
    core.mkdir(exist_ok=True)
    return [*depends.foreign(root, core), *depends.layout(root)]


def test_addon_above_uses_what_it_depends_on(write, tmp_path):
    write(f"{DESK}/a/models/tank.py", MODEL)
    write(f"{ABOVE}/b/models/tank.py", HEIR.format("return self._fill_tank() + self.water_level"))
    assert found(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("a/models/x.py", HEIR.format("return self._fill_tank()"), "_fill_tank"),
        ("a/models/x.py", HEIR.format("return self.water_level"), "water_level"),
        ("a/models/x.py", HEIR.format("return self.env['water.tank']"), "water.tank"),
        ("a/views/a.xml", '<odoo><field name="water_level"/></odoo>', "water_level"),
        ("a/views/a.xml", '<odoo ref="water_complaints.b"/>', "water_complaints.b"),
    ],
)
def test_addon_below_uses_a_name_of_the_one_above(write, tmp_path, path, text, name):
    write(f"{ABOVE}/b/models/tank.py", MODEL)
    write(f"{ABOVE}/__manifest__.py", "{'depends': ['water_service_desk'], 'data': ['b.xml']}")
    write(f"{ABOVE}/b.xml", '<odoo><record id="b"/></odoo>')
    write(f"{DESK}/{path}", text)
    assert any(f": {name} is of water_complaints" in line for line in found(tmp_path))


def test_name_of_a_plain_object_belongs_to_all(write, tmp_path):
    write(f"{ABOVE}/b/models/tank.py", MODEL)
    write(f"{DESK}/a/mail.py", "class Mail:\n    def water_level(self):\n        return 1\n")
    write(f"{DESK}/a/models/x.py", HEIR.format("return mail.water_level"))
    assert not any("water_level" in line for line in found(tmp_path))


def test_data_file_outside_the_manifest(write, tmp_path):
    write(f"{DESK}/a/views/b.xml", "<odoo/>")
    write(f"{DESK}/a/data/water.tank.csv", "id,name\n")
    write(f"{DESK}/a/views/a_data.xml", "<odoo eval=\"['a', 'a/data/water.tank.csv']\"/>")
    write(f"{DESK}/__manifest__.py", "{'depends': [], 'data': ['a/views/a_data.xml']}")
    (tmp_path / DESK / "a/views/a.xml").unlink()
    write(f"{DESK}/demo/c.xml", "<odoo/>")
    assert found(tmp_path) == [f"{DESK}/a/views/b.xml: no manifest and no _load_csv lists it"]


def test_test_module_outside_the_index(write, tmp_path):
    write(f"{DESK}/tests/__init__.py", "from ..a.tests import test_x\n")
    write(f"{DESK}/a/tests/test_x.py", "")
    write(f"{DESK}/a/tests/test_y.py", "")
    assert found(tmp_path) == [
        f"{DESK}/a/tests/test_y.py: {DESK}/tests/__init__.py does not import it"
    ]


def test_path_of_an_action_without_prefix(write, tmp_path):
    write(f"{DESK}/a/views/a.xml", '<odoo><field name="path">repairs</field></odoo>')
    assert found(tmp_path) == [f"{DESK}/a/views/a.xml: the path repairs does not begin with water-"]
