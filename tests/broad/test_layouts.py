"""Letters keep their titles in every layout that a company can choose, Germany's among them."""

from pathlib import Path

import pytest
from runs import Runs, faults, settings

NAME = "water-layouts"
SCRIPT = Path(__file__).with_name("print_layouts.py").read_text()


@pytest.fixture
def runs(stack, tmp_path):
    """Odoo's commands."""
    return Runs(stack, settings(stack, tmp_path))


def test_titles_are_on_the_paper(copied, runs):
    """DIN 5008 hides titles of the text, since it puts the name of the record above it."""
    with copied(NAME):
        assert faults(runs.install(NAME, "l10n_din5008")) == []
        found, said = runs.shell(NAME, SCRIPT)
        assert faults(said, "ERROR", "CRITICAL") == []
        assert "l10n_din5008.external_layout_din5008" in found["layouts"]
        assert found["missing"] == {}
        assert found["unseen"] == []
        assert found["refused"] == []
        assert found["count"] > 5 * len(found["layouts"])
