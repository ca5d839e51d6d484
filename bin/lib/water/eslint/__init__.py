"""``bin/lint --js``: check our JavaScript by eslint and prettier, with Odoo's configuration.

Not part of a plain ``bin/lint``, because npm and its packages take longer than all other checks
together. Run it after a change of JavaScript.
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
