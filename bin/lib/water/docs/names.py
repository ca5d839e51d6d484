"""``python -m water.docs.names``: check names in the manual against the application.

In hand-written pages *this* (English) and “this” or *this* (Chinese) are names of menus, buttons,
fields and states: each part of ``*Menu › Entry*`` must be a text of the catalogues, or one of
Odoo's own below. The same holds for the parts of the addons' README.rst.
"""

import re
import sys
from pathlib import Path

import polib

from ..place import CHECKOUT
from .site import SOURCES, picture_faults

NAMED = {
    "zh": re.compile(r"“([^”]+)”|(?<![*\w])\*([^*\n]+)\*(?!\*)"),
    "en": re.compile(r"(?<![*\w])\*([^*\n]+)\*(?!\*)"),
}
#: Code is not prose.
CODE = re.compile(r"^```.*?^```$|``[^`]+``|`[^`\n]*`|^!!!.*$", re.MULTILINE | re.DOTALL)
#: parts of an addon's README
PARTS = "addons/*/readme/*.rst"
#: Names of Odoo itself.
ODOO = {
    "zh": "设置 用户 技术 重置密码",
    "en": "Settings/Users/Technical/Action/Reset Password/Send Password Reset",
}


def known(root):
    """{language: names in the application}."""
    chinese, english = set(ODOO["zh"].split()), set(ODOO["en"].split("/"))
    for path in sorted(root.glob("addons/*/i18n/zh_CN.po")):
        for entry in polib.pofile(str(path)):
            if not entry.obsolete:
                chinese.add(entry.msgstr.strip())
                english.add(entry.msgid.strip())
    return {"zh": chinese, "en": english}


def _pages(root):
    """Yield (language, page) of all that is written by hand."""
    sources = root / SOURCES
    for page in sorted(sources.rglob("*.md")):
        if page.parent.name != "reference":
            yield page.relative_to(sources).parts[0], page
    yield from (("en", page) for page in sorted(root.glob(PARTS)))


def faults(root):
    """Yield a line for each name that the application does not have."""
    names = known(root)
    for language, page in _pages(root):
        text = CODE.sub("", page.read_text())
        for found in NAMED[language].finditer(text):
            for name in re.split(r" › ", next(filter(None, found.groups()))):
                if " ".join(name.split()) not in names[language]:
                    yield f"{page.relative_to(root)}: nothing is called “{name}”"


if __name__ == "__main__":
    found = [*faults(CHECKOUT), *picture_faults(Path(CHECKOUT, SOURCES))]
    print(*found, sep="\n")
    sys.exit(bool(found))
