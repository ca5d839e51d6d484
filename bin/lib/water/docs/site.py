"""Builds the pages, and looks at pictures and at what would come from others."""

import hashlib
import html
import re
import shutil

from .. import packages
from ..place import Stop, say

SOURCES = "doc/site"
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
#: what a browser fetches without being asked
FETCHED = re.compile(r'<(?:script|img|iframe)\b[^>]*?\bsrc="?([^"\s>]+)|<link\b[^>]*>')
KINDS = {".png", ".webp", ".jpg"}
#: Bytes of one picture, and of all of them.
LARGEST, ALL = 120_000, 4_000_000


def built(place):
    """Where the pages are."""
    return place.local / "manual"


def build(place):
    """Build the pages unless nothing has changed; returns their folder.

    :raises Stop: for a warning of mkdocs, and for a missing or unused picture
    """
    target, mark = built(place), place.local / "manual.made-of"
    digest = _digest(place.root)
    if target.exists() and mark.exists() and mark.read_text() == digest:
        return target
    _refuse("pictures", picture_faults(place.root / SOURCES))
    python = packages.environment(place, packages.DOCS)
    part = place.local / "manual-part"
    shutil.rmtree(part, ignore_errors=True)
    say("Building the manual ...")
    command = [python, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", "doc/mkdocs.yml"]
    place.run(
        [*command, "-d", part],
        log="manual.log",
        failure="the manual could not be built",
        cwd=place.root,
        env=place.environment(NO_MKDOCS_2_WARNING="1", TMPDIR=str(place.local / "home")),
    )
    _refuse("fetched from others", foreign(part))
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    mark.write_text(digest)
    return target


def _refuse(what, faults):
    found = list(faults)
    if found:
        raise Stop("\n".join([f"{what}:", *found]))


def _digest(root):
    digest = hashlib.sha256()
    paths = [root / "ARCHITECTURE.md", *(root / "doc").rglob("*")]
    for path in sorted([*paths, *(root / "bin/lib/water/docs").glob("*.py")]):
        if path.is_file():
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def picture_faults(sources):
    """Yield a line for each picture that is missing, shown nowhere, or too large."""
    there = {path for path in sources.rglob("*") if path.suffix in KINDS}
    shown = set()
    for page in sorted(sources.rglob("*.md")):
        for target in PICTURE.findall(page.read_text()):
            path = (page.parent / target).resolve()
            shown.add(path)
            if path not in there:
                yield f"{page.relative_to(sources)} shows {target}, which is missing"
    for path in sorted(there - shown):
        yield f"{path.relative_to(sources)} is shown on no page"
    sizes = {path: path.stat().st_size for path in there}
    for path in sorted(path for path, size in sizes.items() if size > LARGEST):
        yield f"{path.relative_to(sources)} is larger than {LARGEST} bytes"
    if sum(sizes.values()) > ALL:
        yield f"all pictures together are larger than {ALL} bytes"


def foreign(folder):
    """Yield a line for each thing that a page would fetch from elsewhere."""
    for page in sorted(folder.rglob("*.html")):
        for tag in FETCHED.finditer(page.read_text()):
            href = re.search(r'href="?([^"\s>]+)', tag[0])
            target = html.unescape(tag[1] or (href[1] if href else ""))
            if target.startswith(("http:", "https:", "//")) and 'rel="canonical"' not in tag[0]:
                yield f"{page.relative_to(folder)}: {target}"
