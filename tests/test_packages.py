"""Others can take the addons: as wheels that hold all of them, with everything they need named."""

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ADDONS = ("water_service_desk", "water_complaints", "water_compensation")
ADDONS += ("water_quality", "water_quality_compensation")
#: Odoo 19's own requirements (its ``requirements.txt``), by import name
ODOO = {"babel", "dateutil", "freezegun", "lxml", "markupsafe", "openpyxl", "PIL", "psycopg2"}
ODOO |= {"pypdf", "pytz", "requests", "stdnum", "urllib3", "werkzeug", "xlsxwriter", "odoo"}


#: allowed in the list of apps: no scripts, nothing external; local pictures
FORBIDDEN = re.compile(r"<(script|iframe|link|style|form)\b|\bon\w+=|https?:|javascript:", re.I)
MOST = 250_000  # bytes of a picture
#: Libraries that stand behind another one, by which it says more.
ASKED = {"phonenumbers"}  # of Odoo's ``phone_validation``
#: always included by a named library: WeasyPrint's font reader
BROUGHT = {"fontTools", "tinycss2"}
#: optional packages of the addon
SPARED = {"sklearn"}
#: different names at the source
MODULES = {"chinesecalendar": "chinese_calendar"}


def manifest(addon):
    """The addon's metadata."""
    return ast.literal_eval((ROOT / "addons" / addon / "__manifest__.py").read_text())


def imported(addon):
    """{name of a module at the top: a file that imports it}, tests left aside."""
    found = {}
    for path in sorted((ROOT / "addons" / addon).rglob("*.py")):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            found |= {name.split(".")[0]: path for name in names}
    return found


def test_imported_records_are_named():
    """An addon needs only what Python, Odoo or its manifest bring."""
    named = set()
    for addon in ADDONS:
        needs = manifest(addon)["external_dependencies"]
        names = {need.split(">")[0] for need in needs["python"]}
        assert set(needs["apt"]) <= names
        named |= {MODULES.get(name, name) for name in names}
        strange = set(imported(addon)) - set(sys.stdlib_module_names) - ODOO - named
        strange -= BROUGHT | SPARED
        assert not strange, {name: str(imported(addon)[name]) for name in strange}
    assert named == named & set().union(*map(imported, ADDONS)) | ASKED


def test_versions_can_be_read():
    """Odoo reads a version in a manifest by ``packaging``; ``odoo-19`` does without."""
    needs = {
        need for addon in ADDONS for need in manifest(addon)["external_dependencies"]["python"]
    }
    assert any(not need.isidentifier() for need in needs)
    assert re.search(r"^packaging==", (ROOT / "config/requirements.in").read_text(), re.M)
    for text in (
        "README.md",
        "README.zh-CN.md",
        *(f"doc/site/{lang}/admin/existing.md" for lang in ("en", "zh")),
    ):
        assert "python3-packaging" in (ROOT / text).read_text(), text


def test_hosting_services_install_no_pins():
    """They take the list at the root: what the manifests ask for, in no version of ours."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    listed = {line for line in lines if not line.startswith("#")}
    needs = {
        need.replace("_", "-")
        for addon in ADDONS
        for need in manifest(addon)["external_dependencies"]["python"]
    }
    assert listed == needs | {"packaging"}


@pytest.mark.parametrize("addon", ADDONS)
def test_a_wheel_holds_the_whole_addon(stack, tmp_path, addon):
    """The wheel contains the addon's tracked files, and requires the addons it depends on."""
    make = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path]
    source = shutil.copytree(ROOT / "addons" / addon, tmp_path / addon)
    # git would take the copy for an ignored part of this checkout
    alone = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    command = [stack["python"], "-m", *make, source]
    subprocess.run(command, env=alone, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert manifest(addon)["version"] in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if name.startswith(f"odoo/addons/{addon}/")}
        (words,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        said = archive.read(words).decode()
    here = {
        f"odoo/addons/{path.relative_to(ROOT / 'addons')}"
        for path in (ROOT / "addons" / addon).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here - inside <= {f"odoo/addons/{addon}/pyproject.toml"}
    for need in manifest(addon)["external_dependencies"]["python"]:
        assert f"Requires-Dist: {need}\n" in said
    for other in {*manifest(addon)["depends"]} & {*ADDONS}:
        assert f"Requires-Dist: odoo-addon-{other}==19.0.*\n" in said


@pytest.mark.parametrize("addon", ADDONS)
def test_the_list_of_apps_shows_it(addon):
    """A page in English and Chinese with existing, used pictures."""
    folder = ROOT / "addons" / addon / "static" / "description"
    page = (folder / "index.html").read_text()
    assert not FORBIDDEN.search(page)
    assert 'lang="zh-CN"' in page
    shown = set(re.findall(r'src="([^"]+)"', page))
    readmes = "".join((ROOT / name).read_text() for name in ("README.md", "README.zh-CN.md"))
    used = shown | {Path(name).name for name in manifest(addon).get("images", [])}
    used |= {
        path.name
        for path in folder.iterdir()
        if f"{addon}/static/description/{path.name}" in readmes
    }
    there = {path.name for path in folder.iterdir()} - {"index.html", "icon.png", "icon.svg"}
    assert there == used - {"icon.png"}
    assert all((folder / name).stat().st_size < MOST for name in there)
