"""``bin/lint --js``: our JavaScript by eslint and prettier, with the configuration of Odoo itself.

It is no part of ``bin/lint`` without the option: npm of Debian and what it fetches take longer than
all other checks together. Run it after a change of JavaScript.
"""

from pathlib import Path

from .. import packages
from ..odoo import CORE

RULES = CORE / "addons" / "web" / "tooling" / "_eslintrc.json"


def command(place):
    """Return the call of eslint; its exit code tells whether anything is wrong."""
    tools = packages.node(place, "eslint", Path(__file__).parent)
    call = [tools / "node_modules" / ".bin" / "eslint", "--no-eslintrc", "--config", RULES]
    call += ["--resolve-plugins-relative-to", tools, "--ignore-pattern", "**/lib/**"]
    return [*call, place.root / "addons" / "**" / "*.js"]
