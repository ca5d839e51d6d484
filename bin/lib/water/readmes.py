"""Assemble README.rst of each addon from its folder ``readme``, as OCA does.

``bin/docs --update`` writes the files, ``bin/lint`` reports outdated ones. Change the parts, not
the file.
"""

import ast
import sys
from pathlib import Path

from .odoo import ADDONS
from .place import CHECKOUT

#: (name of a part, its heading), in OCA's order; the first one has none.
PARTS = (
    ("DESCRIPTION", ""),
    ("INSTALL", "Installation"),
    ("CONFIGURE", "Configuration"),
    ("USAGE", "Usage"),
)
HEAD = ".. Made from the parts in readme/ by bin/docs --update: change those.\n"


def made(folder):
    """Return the text that belongs into README.rst of an addon.

    :param folder: of the addon
    :raises ValueError: for a part that stands in no place of the file
    """
    there = {path.name for path in (folder / "readme").iterdir()}
    strange = there - {f"{name}.rst" for name, _heading in PARTS}
    if strange:
        raise ValueError(f"no part of a README: {', '.join(sorted(strange))}")
    name = ast.literal_eval((folder / "__manifest__.py").read_text())["name"]
    blocks = [HEAD, f"{'=' * len(name)}\n{name}\n{'=' * len(name)}\n"]
    for part, heading in PARTS:
        path = folder / "readme" / f"{part}.rst"
        if path.exists():
            blocks += [f"{heading}\n{'=' * len(heading)}\n"] if heading else []
            blocks.append(f"{path.read_text().strip()}\n")
    return "\n".join(blocks)


def update(root):
    """Write the README.rst of all addons."""
    for addon in ADDONS:
        folder = root / "addons" / addon
        (folder / "README.rst").write_text(made(folder))


def faults(root):
    """Yield a line for each README.rst that its parts do not give."""
    for addon in ADDONS:
        folder = root / "addons" / addon
        if (folder / "README.rst").read_text() != made(folder):
            yield f"addons/{addon}/README.rst is not what its parts give: bin/docs --update"


if __name__ == "__main__":
    found = list(faults(Path(CHECKOUT)))
    print("\n".join(found))
    sys.exit(bool(found))
