"""Built as wheels and installed by pip, the addons come into an Odoo that knows no checkout."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
from runs import AMONG_OTHERS, Runs, check_walk, faults

ROOT = Path(__file__).parents[2]
ADDONS = ("water_service_desk", "water_complaints", "water_compensation")
ADDONS += ("water_quality", "water_quality_compensation")
NAME = "water-wheels"


@pytest.fixture(scope="module")
def runs(stack, tmp_path_factory):
    """Odoo's commands, which find the addons where pip has put them."""
    folder = tmp_path_factory.mktemp("wheels")
    sources = [shutil.copytree(ROOT / "addons" / addon, folder / addon) for addon in ADDONS]
    pip = [stack["python"], "-m", "pip"]
    make = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([*pip, *make, *sources], check=True, capture_output=True)
    packages = folder / "packages"
    put = ["install", "--quiet", "--no-deps", "--no-index", "--target", packages]
    subprocess.run([*pip, *put, *folder.glob("*.whl")], check=True, capture_output=True)
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(stack["config"])
    places = parser["options"]["addons_path"].split(",")
    assert str(ROOT / "addons") in places
    places[places.index(str(ROOT / "addons"))] = str(packages / "odoo" / "addons")
    parser["options"]["addons_path"] = ",".join(places)
    with (folder / "odoo.conf").open("w") as output:
        parser.write(output)
    return Runs(stack, folder / "odoo.conf", str(packages))


def test_installed_from_wheels(stack, copied, runs):
    """Nothing is missing in them: they install without a word, and a complaint goes its way."""
    with copied(NAME, stack["base"]):
        assert faults(runs.install(NAME, *ADDONS)) == []
        found, said = runs.shell(NAME, AMONG_OTHERS)
        check_walk(found)
        assert faults(said) == []
