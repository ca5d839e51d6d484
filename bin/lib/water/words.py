"""Words that the glossary gives up, in translations and in the Chinese of data and demo files."""

import re
import sys
from pathlib import Path

import polib

from .place import CHECKOUT

GLOSSARY = "doc/glossary.md"
#: parts that are no text: comments of XML, and quoted words of others
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
QUOTED = re.compile(r"<field name=\"source\">.*?</field>", re.DOTALL)


def given_up(text):
    """{word not to use: the words to use}, of the table in the glossary."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) >= 3:
            found |= dict.fromkeys(re.findall(r"`([^`]+)`", cells[2]), cells[1])
    return found


def texts(root):
    """(where, Chinese text) of everything that is read."""
    for path in sorted(root.glob("addons/*/i18n/zh_CN.po")):
        for entry in polib.pofile(str(path)):
            if not entry.obsolete:
                yield f"{path.relative_to(root)}: {entry.msgid[:60]!r}", entry.msgstr
    for path in sorted([*root.glob("addons/*/demo/*.xml"), *root.glob("addons/*/*/data/*.xml")]):
        yield str(path.relative_to(root)), QUOTED.sub("", COMMENT.sub("", path.read_text()))


def faults(root):
    """Yield a line for each word that should not be there."""
    words = given_up((root / GLOSSARY).read_text())
    if not words:
        yield f"{GLOSSARY}: no words are given up there"
    for where, text in texts(root):
        for word, better in words.items():
            if word in text:
                yield f"{where}: “{word}” (better: {better})"


def main(root=CHECKOUT):
    """Print the faults and return the exit code."""
    found = list(faults(Path(root)))
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
