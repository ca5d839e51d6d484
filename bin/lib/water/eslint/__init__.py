"""``bin/lint --js``: our JavaScript by eslint and prettier, with the configuration of Odoo itself.

It is no part of ``bin/lint`` without the option: npm of Debian and what it fetches take longer than
all other checks together. Run it after a change of JavaScript.
"""

import hashlib
import shutil
from pathlib import Path

from ..odoo import CORE
from ..place import say

HERE = Path(__file__).parent
RULES = CORE / "addons" / "web" / "tooling" / "_eslintrc.json"


def _tools(place):
    """The folder of the tools, made of the lock file."""
    folder, lock = place.local / "eslint", (HERE / "package-lock.json").read_bytes()
    mark, digest = folder / ".made-of", hashlib.sha256(lock).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return folder
    say("Fetching eslint and prettier ...")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, folder / name)
    place.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        log="npm.log",
        failure="eslint could not be fetched: check the network and start again",
        cwd=folder,
    )
    mark.write_text(digest)
    return folder


def command(place):
    """Return the call of eslint; its exit code tells whether anything is wrong."""
    tools = _tools(place)
    call = [tools / "node_modules" / ".bin" / "eslint", "--no-eslintrc", "--config", RULES]
    call += ["--resolve-plugins-relative-to", tools, "--ignore-pattern", "**/lib/**"]
    return [*call, place.root / "addons" / "**" / "*.js"]
