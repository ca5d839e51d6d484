"""``python -m water.typed``: mypy over what knows no Odoo: commands, and pure Python of addons.

Most functions have no annotations; mypy reads their bodies all the same (``[tool.mypy]`` in
``pyproject.toml``), and finds names, attributes and arguments that cannot be.
"""

import re
import subprocess
import sys
from pathlib import Path

from .place import CHECKOUT

#: code that imports Odoo or is part of its models, whose types mypy cannot know
ODOO = re.compile(r"^\s*(from|import) odoo\b|^from \.\.+\w|^from \.models", re.MULTILINE)
APART = {"__init__.py", "__manifest__.py"}


def pure(root):
    """The files of the addons that import neither Odoo nor other rooms, tests left aside."""
    for path in sorted(Path(root).glob("addons/*/*/*.py")):
        if "tests" not in path.parts and "migrations" not in path.parts and path.name not in APART:
            if not ODOO.search(path.read_text()):
                yield str(path.relative_to(root))


def main(root=CHECKOUT):
    """Print what mypy finds; returns the exit code."""
    mypy = Path(sys.executable).parent / "mypy"
    parts = (["-p", "water"], ["--follow-imports=skip", *pure(root)])
    codes = []
    for part in parts:
        folder = Path(root) / "bin" / "lib" if part[0] == "-p" else root
        command = [mypy, "--config-file", Path(root) / "pyproject.toml", *part]
        command += ["--cache-dir", Path.home() / ".cache" / "mypy"]
        codes.append(subprocess.run(command, cwd=folder, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
