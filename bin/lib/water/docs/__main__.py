"""bin/docs: build the manual; ``--update`` and ``--check`` handle its generated pages.

The sources are ``doc/site/zh`` and ``doc/site/en``, the built pages ``.local/manual``.
"""

import argparse
import json
import subprocess

from .. import readmes
from ..place import CHECKOUT, Place, Stop, main, say
from ..template import TEMPLATE, test_odoo
from . import site

SITE = "doc/site"
SCRIPT = "from water.docs.registry import tell\ntell(env)\n"
#: The pages of this folder, in each language, follow from the registry.
FOLDER = "reference"
LANGUAGES = ("zh", "en")
PAGES: tuple[str, ...]
PAGES = ("figures.md", "menus.md", "models.md", "settings.md")
PAGES += ("standards.md", "states.md", "words.md")


def reference(odoo):
    """Return {path below ``doc/site``: text} of the pages that follow from the registry."""
    process = odoo.place.start(
        odoo.command("shell", "-d", TEMPLATE, "--no-http", "--log-level=error"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=odoo.place.environment(PYTHONPATH=str(odoo.place.root / "bin" / "lib")),
    )
    output, _none = process.communicate(SCRIPT)
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise Stop(f"the registry could not be asked:\n{output[-5000:]}")
    return json.loads(lines[0].removeprefix("RESULT "))


def _committed(root):
    found = sorted((root / SITE).glob(f"*/{FOLDER}/*.md"))
    return {str(path.relative_to(root / SITE)): path.read_text() for path in found}


def check(odoo):
    """Print the committed pages that differ from the registry; returns the exit code."""
    wanted, there = reference(odoo), _committed(odoo.place.root)
    wrong = sorted(
        name for name in {*wanted, *there} if wanted.get(name, "") != there.get(name, "")
    )
    for name in wrong:
        say(f"{SITE}/{name} is not what the registry gives: bin/docs --update")
    say(f"manual: {len(wanted)} pages of the registry, {len(wrong)} out of date")
    return int(bool(wrong))


def _options():
    parser = argparse.ArgumentParser(prog="bin/docs", description=__doc__.splitlines()[0])
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--update", action="store_true", help="write pages of the registry, and READMEs"
    )
    group.add_argument("--check", action="store_true", help="compare them; exit 1 for another one")
    return parser.parse_args()


def _targets():
    """Open the pages for writing while this process still has its caller's rights."""
    names = [f"{language}/{FOLDER}/{page}" for language in LANGUAGES for page in PAGES]
    for name in names:
        (CHECKOUT / SITE / name).parent.mkdir(parents=True, exist_ok=True)
    return {name: (CHECKOUT / SITE / name).open("a+") for name in names}


def _update(odoo, targets):
    pages = reference(odoo)
    for name, handle in targets.items():
        handle.seek(0)
        handle.truncate()
        handle.write(pages[name])
        handle.close()
    return 0


def docs():
    """Run the command; returns the exit code."""
    options = _options()
    if options.update:  # while this process still has the rights of its caller, as the pages
        readmes.update(CHECKOUT)
    targets = _targets() if options.update else {}
    place = Place()
    if not (options.update or options.check):
        site.build(place)
        return 0
    with test_odoo(place) as odoo:
        return _update(odoo, targets) if options.update else check(odoo)


if __name__ == "__main__":
    main(docs)
