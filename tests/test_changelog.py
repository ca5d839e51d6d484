"""The page of changes begins with the version that is being made."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_version_of_manifests_is_the_first_heading():
    """Every addon has this version."""
    versions = {
        ast.literal_eval(path.read_text())["version"]
        for path in ROOT.glob("addons/*/__manifest__.py")
    }
    changes = (ROOT / "CHANGELOG.md").read_text().splitlines()
    headings = [line[3:] for line in changes if line.startswith("## ")]
    assert versions == {headings[0]}
