"""The rules of ARCHITECTURE.md are checked: each is broken once in a small house of three rooms."""

import subprocess
import textwrap
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[1] / "bin" / "lib"
PLAN = """
# Architecture
## Who may know whom
Words.

    desk        base case | portal
                public_page
    complaints  complaint appeal

## Tests
    desk nothing
"""
MODEL = """
from odoo import fields, models

class Thing(models.Model):
    _name = "{name}"
    {field} = fields.Char()

    def {method}(self):
        return 1
"""
ROOMS = {
    "water_service_desk": {
        "base": ("water.basic", "base_word", "_based"),
        "case": ("water.case", "case_word", "_cased"),
        "portal": ("water.portal", "portal_word", "_portal_only"),
        "public_page": ("water.page", "page_word", "_paged"),
    },
    "water_complaints": {
        "complaint": ("water.complaint", "complaint_word", "_complained"),
        "appeal": ("water.appeal", "appeal_word", "_appealed"),
    },
}


def write(root, path, text):
    """Write one file of the house."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(textwrap.dedent(text).lstrip())


def view(name, inner=""):
    """A data file with one record."""
    return f'<odoo>\n<record id="{name}" model="ir.ui.view">{inner}</record>\n</odoo>\n'


@pytest.fixture
def house(tmp_path):
    """A house where everything stands right."""
    write(tmp_path, "ARCHITECTURE.md", PLAN)
    write(tmp_path, "core/addons/base/models.py", "def _of_odoo(self):\n    pass\n")
    for addon, rooms in ROOMS.items():
        top = f"addons/{addon}"
        data = [f"{room}/views/{room}_views.xml" for room in rooms]
        needs = ["water_service_desk"] if addon == "water_complaints" else []
        write(tmp_path, f"{top}/__manifest__.py", repr({"depends": needs, "data": data}))
        write(tmp_path, f"{top}/__init__.py", "")
        write(
            tmp_path,
            f"{top}/tests/__init__.py",
            "from ..{0}.tests import test_{0}\n".format([*rooms][0]),
        )
        for room, (name, field, method) in rooms.items():
            text = MODEL.format(name=name, field=field, method=method)
            write(tmp_path, f"{top}/{room}/__init__.py", "")
            write(tmp_path, f"{top}/{room}/models/thing.py", text)
            write(tmp_path, f"{top}/{room}/views/{room}_views.xml", view(f"view_{room}"))
        write(tmp_path, f"{top}/{[*rooms][0]}/tests/test_{[*rooms][0]}.py", "")
    return tmp_path


@pytest.fixture
def check(house, stack):
    """Return a function that runs the check: (exit code, lines)."""

    def _check(*options):
        args = [stack["python"], "-m", "water.rooms", "--root", house, "--core", house / "core"]
        done = subprocess.run(
            [*args, *options],
            env={"PYTHONPATH": str(LIBRARY), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout.splitlines()

    return _check


def test_right(check):
    assert check() == (0, ["rooms: nothing found; 0 references between rooms"])


DESK, COMPLAINTS = "addons/water_service_desk", "addons/water_complaints"
CASE = f"{DESK}/case/models/more.py"
PORTAL = f"{DESK}/portal/models/more.py"
COMPLAINT = f"{COMPLAINTS}/complaint/models/more.py"
#: (where, what is written there, what is found; nothing when it is right)
REFERENCES = [
    (CASE, 'X = "water.portal"', "desk/case knows desk/portal: model water.portal"),
    (CASE, "from ...portal import models", "desk/case knows desk/portal: import portal.models"),
    (CASE, "from ...base import models", None),
    (f"{DESK}/base/models/more.py", 'env["water.case"]', None),  # both are the kernel
    (PORTAL, 'env["water.case"]._cased().case_word', None),
    (CASE, "x._portal_only()", "desk/case knows desk/portal: method _portal_only"),
    (CASE, "x.portal_word", "desk/case knows desk/portal: field portal_word"),
    (
        CASE,
        'x.search([("a.portal_word", "=", 1)])',
        "desk/case knows desk/portal: field portal_word",
    ),
    (CASE, 'x.create({"portal_word": 1})', "desk/case knows desk/portal: field portal_word"),
    (CASE, 'page = {"portal_word": 1}', None),
    (CASE, 'NEEDS = ("_portal_only",)', "desk/case knows desk/portal: method _portal_only"),
    (CASE, '"""It ends at water.portal and _portal_only."""', None),
    (CASE, 'env.ref("water_service_desk.view_portal")', "id water_service_desk.view_portal"),
    (CASE, 'cr.execute("SELECT id FROM water_portal")', "desk/case knows desk/portal: model"),
    (CASE, 'class A(models.Model):\n    _inherit = "water.portal"', "inherit water.portal"),
    (CASE, "class A:\n    def _portal_only(self):\n        pass\nA()._portal_only()", None),
    (CASE, 'page = f"{kind}_portal_only"', None),  # the end of a name, and not one
    (CASE, 'page = f"{kind} _portal_only"', "desk/case knows desk/portal: method _portal_only"),
    # a class below gives a value of that name, which a room above works out
    (CASE, "class A(models.Model):\n    _portal_only = ()\n\nA()._portal_only", None),
    (CASE, "A()._portal_only", "desk/case knows desk/portal: method _portal_only"),
    (f"{DESK}/migrations/1.0/pre-migrate.py", "# of water_complaints", None),
    (CASE, 'a = fields.Many2many("water.basic", "rel", "portal_word", "b")', None),
    (CASE, 'a = fields.Many2many("water.portal", "rel", "a", "b")', "model water.portal"),
    (CASE, "x._of_odoo()", None),
    (f"{DESK}/portal/models/own.py", "def _of_odoo(self):\n    pass", None),
    (COMPLAINT, "x._portal_only()", None),
    (COMPLAINT, "x._appealed()", "complaints/complaint knows complaints/appeal: method _appealed"),
    (PORTAL, 'NAME = "water.complaint"', "the desk names a complaint"),
    (PORTAL, "x._complained()", "desk/portal knows complaints/complaint: method _complained"),
    (f"{DESK}/tests/more.py", "# of water_complaints", "the desk names a complaint"),
    (f"{DESK}/case/tests/common.py", "from ...portal.models import thing", "import portal.models"),
    (f"{DESK}/case/tests/common.py", 'env["water.portal"]._portal_only()', None),
]


@pytest.mark.parametrize(("path", "text", "found"), REFERENCES)
def test_python(house, check, path, text, found):
    write(house, path, text + "\n")
    code, lines = check()
    assert code == bool(found), lines
    if found:
        assert any(line.startswith(f"{path}:") and found in line for line in lines), lines
        code, report = check("--report")
        assert (code, report) == (0, lines)


#: What stands in a view of the room ``case``.
VIEWS = [
    ('<field name="inherit_id" ref="view_portal" />', "id water_service_desk.view_portal"),
    ('<field name="x" eval="ref(\'view_portal\')" />', "id water_service_desk.view_portal"),
    ('<button name="%(view_portal)d" />', "id water_service_desk.view_portal"),
    ('<t t-call="water_service_desk.view_portal" />', "id water_service_desk.view_portal"),
    ('<field name="model">water.portal</field>', "model water.portal"),
    ('<field name="model_id" ref="model_water_portal" />', "model water.portal"),
    ('<field name="name">settings.form.water.portal</field>', None),
    ('<field name="portal_word" />', "field portal_word"),
    ('<button name="_portal_only" />', "method _portal_only"),
    ('<page name="portal_word" />', None),
    ('<field name="arch" invisible="not portal_word" />', "field portal_word"),
    ('<field name="inherit_id" ref="view_base" />', None),
    ("<t t-out=\"page['portal_word']\" />", None),
]


@pytest.mark.parametrize(("inner", "found"), VIEWS)
def test_xml(house, check, inner, found):
    path = f"{DESK}/case/views/case_views.xml"
    write(house, path, view("view_case", inner))
    code, lines = check()
    assert code == bool(found), lines
    if found:
        assert lines[0].startswith(f"{path}:2: upward: desk/case knows desk/portal: ")
        assert lines[0].endswith(found)


def test_csv(house, check):
    path = f"{DESK}/case/security/ir.model.access.csv"
    write(house, path, "id,model_id:id\naccess,model_water_portal\n")
    assert f"{path}:2: upward: desk/case knows desk/portal: model water.portal" in check()[1]


def test_circle(house, check):
    write(house, PORTAL, 'env["water.page"]\n')
    write(house, f"{DESK}/public_page/models/more.py", 'env["water.portal"]\n')
    assert "circle: desk/portal, desk/public_page" in check()[1]


#: (file, text or None to remove it, what is found)
LAYOUTS = [
    (f"{DESK}/models/thing.py", "", "addons/water_service_desk/models:0: outside"),
    (f"{DESK}/shed/thing.py", "", "addons/water_service_desk/shed:0: outside"),
    (f"{DESK}/demo/thing.xml", "<odoo />", None),
    (f"{DESK}/case/tests/test_more.py", "", "tests/__init__.py does not import it"),
    (f"{DESK}/tests/test_house.py", "", "tests/__init__.py does not import it"),
    (f"{DESK}/base/tests/test_base.py", None, "there is no base.tests.test_base"),
    (f"{DESK}/case/views/more_views.xml", "<odoo />", "the manifest does not list it"),
    (f"{DESK}/portal/__init__.py", None, "it has no __init__.py"),
]


@pytest.mark.parametrize(("path", "text", "found"), LAYOUTS)
def test_layout(house, check, path, text, found):
    (house / path).unlink() if text is None else write(house, path, text)
    code, lines = check()
    assert code == bool(found), lines
    assert not found or any(found in line for line in lines), lines


def test_order_of_data(house, check):
    data = ["portal/views/portal_views.xml", "base/views/base_views.xml"]
    data += ["case/views/case_views.xml", "public_page/views/public_page_views.xml", "views/x.xml"]
    write(house, f"{DESK}/__manifest__.py", repr({"data": data}))
    lines = check()[1]
    assert any("base_views.xml comes after portal: out of order" in line for line in lines)
    assert any("views/x.xml stands outside the rooms" in line for line in lines)


def test_rooms_of_the_plan(house, check):
    write(house, "ARCHITECTURE.md", PLAN.replace("complaint appeal", "complaint appeal archive"))
    write(house, f"{COMPLAINTS}/archive/__init__.py", "")
    assert "addons/water_complaints/archive:0: room: it is empty" in check()[1]
    (house / f"{COMPLAINTS}/archive/__init__.py").unlink()
    (house / f"{COMPLAINTS}/archive").rmdir()
    assert "addons/water_complaints:0: room: there is no room archive" in check()[1]


def test_paths_of_actions(house, check):
    """The app Repairs could not be installed beside an action with the path ``repairs``."""
    path = f"{DESK}/portal/views/portal_views.xml"
    write(house, path, view("view_portal", '\n<field name="path">repairs</field>'))
    assert f"{path}:3: path: repairs does not begin with water-" in check()[1]
    write(house, path, view("view_portal", '<field name="path">water-repairs</field>'))
    assert check()[0] == 0


ABSTRACT = """
class Mixin(models.AbstractModel):
    _name = "water.extra.mixin"
"""
HEIR = """
class Heir(models.Model):
    _name = "{}"
    _inherit = ["{}", "water.extra.mixin"]
"""


def test_abstract_models(house, check):
    path = f"{DESK}/base/models/mixin.py"
    write(house, path, ABSTRACT)
    assert f"{path}:1: abstract: water.extra.mixin has no heir and is used by nobody" in check()[1]
    write(house, f"{DESK}/base/models/use.py", 'env["water.extra.mixin"]')
    assert check()[0] == 0
    write(house, f"{DESK}/case/models/heir.py", HEIR.format("water.case", "water.case"))
    line = f"{path}:1: abstract: water.extra.mixin has one heir: stand at water.case instead"
    assert line in check()[1]
    write(house, f"{COMPLAINTS}/appeal/models/heir.py", HEIR.format("water.appeal", "water.appeal"))
    assert check()[0] == 0


def test_without_a_plan(house, check):
    (house / "ARCHITECTURE.md").unlink()
    words = ["rooms: ARCHITECTURE.md is missing: there is no order of rooms"]
    assert check() == (1, words)
    assert check("--report") == (0, words)
