"""Compare lists from the registry with approved files, so that a change shows as a diff."""

import os
from pathlib import Path

HERE = Path(__file__).with_name("approved")


def approved(name):
    """The lines of the approved list ``name``."""
    return (HERE / f"{name}.txt").read_text().splitlines()


class Approved:
    """Mixed into tests that compare what they find with an approved list."""

    def assertApproved(self, name, lines):
        """``lines`` are those of the approved list; ``bin/approve`` writes it anew."""
        if os.environ.get("WATER_APPROVE"):
            (HERE / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines))
        self.maxDiff = None
        self.assertEqual(
            lines, approved(name), "If it is meant: run bin/approve, and read its diff."
        )
