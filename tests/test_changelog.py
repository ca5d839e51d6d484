"""The page of changes names each release by its tag, and the version that is being made."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "bin" / "lib"))

from water import release  # noqa: E402


def test_releases_are_named_by_their_tags():
    """The release from which users come, and the number of the manifests, have a heading each."""
    changes = (ROOT / "CHANGELOG.md").read_text()
    manifest = next(ROOT.glob("addons/water_complaints/__manifest__.py")).read_text()
    version = ast.literal_eval(manifest)["version"]
    headings = [line[3:] for line in changes.splitlines() if line.startswith("## ")]
    assert headings[:2] == [version, release.VERSION]
    assert f"Tag `{release.VERSION}` (commit `{release.COMMIT[:8]}`)" in changes
    assert all((ROOT / "doc" / "changes" / f"{name}.md").exists() for name in headings)
