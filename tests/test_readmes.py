"""README.rst of an addon is made of its parts; a change of only one is reported."""

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "bin" / "lib"))

from water import readmes  # noqa: E402


@pytest.fixture
def checkout(tmp_path):
    """A folder with the manifests and texts of the addons alone."""
    for addon in readmes.ADDONS:
        source, target = ROOT / "addons" / addon, tmp_path / "addons" / addon
        shutil.copytree(source / "readme", target / "readme")
        for name in ("README.rst", "__manifest__.py"):
            shutil.copy(source / name, target)
    return tmp_path


def test_they_are_as_their_parts(checkout):
    assert list(readmes.faults(checkout)) == []
    desk, complaints, *_more = (f"addons/{addon}/README.rst" for addon in readmes.ADDONS)
    part = checkout / "addons" / readmes.ADDONS[0] / "readme" / "USAGE.rst"
    part.write_text("Another use.\n")
    with (checkout / complaints).open("a") as readme:
        readme.write("By hand.\n")
    told = [line.split(" is ")[0] for line in readmes.faults(checkout)]
    assert told == [desk, complaints]
    readmes.update(checkout)
    assert list(readmes.faults(checkout)) == []
    assert "\nUsage\n=====\n\nAnother use.\n" in (checkout / desk).read_text()
    assert "By hand" not in (checkout / complaints).read_text()


def test_a_part_that_has_no_place(checkout):
    (checkout / "addons" / readmes.ADDONS[0] / "readme" / "HISTROY.rst").write_text("x")
    with pytest.raises(ValueError, match="HISTROY"):
        list(readmes.faults(checkout))
