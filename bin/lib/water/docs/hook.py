"""Hooks of mkdocs for each page: included files, diagrams, links.

A page of ``doc/site`` may be one line, ``{{ api.md }}``: then it shows that file of ``doc``, with
links to other such files turned into links between pages. ``{{ openapi.yaml }}`` becomes tables.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from water.docs import mermaid, openapi  # noqa: E402

DOC = Path(__file__).parents[4] / "doc"
TAKEN = re.compile(r"^\{\{ ([\w.]+) \}\}$", re.MULTILINE)
DRAWN = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
ROOTED = re.compile(r'(<(?:a|link)\b[^>]*?href=")/((?:en/)?)"')
#: Where the files of ``doc`` and of the checkout's top are in the manual, in either language.
PAGES = {
    "api.md": "developer/api.md",
    "api.zh_CN.md": "developer/api.md",
    "openapi.yaml": "developer/openapi.md",
    "production.md": "admin/production.md",
    "monitoring.md": "admin/monitoring.md",
    "glossary.md": "glossary.md",
    "ARCHITECTURE.md": "developer/architecture.md",
}


def on_page_markdown(markdown, page, **_more):
    """Called by mkdocs with the text of a page."""
    language = page.file.src_uri.split("/")[0]
    depth = page.file.src_uri.count("/") - 1
    text = TAKEN.sub(lambda found: _take(found[1], language, depth), markdown)
    return DRAWN.sub(lambda found: f"<figure>{mermaid.to_svg(found[1])}</figure>", text)


def on_post_page(output, page, **_more):
    """Called by mkdocs with a whole page; it may lie below any address: no link begins with /."""
    up = "../" * page.url.count("/") or "./"
    return ROOTED.sub(lambda found: f'{found[1]}{up}{found[2]}"', output)


def _take(name, language, depth):
    if name == "openapi.yaml":
        return openapi.Writer((DOC / name).read_text(), language).page()
    path = DOC / name if (DOC / name).exists() else DOC.parent / name
    return LINK.sub(lambda link: _led(link, depth), path.read_text())


def _led(link, depth):
    """Return a link of an included file as seen from its page, or just its text."""
    words, target = link.groups()
    name, _hash, place = target.partition("#")
    if target.startswith(("http:", "https:", "#")):
        return link[0]
    page = PAGES.get(name.rsplit("/", 1)[-1])
    if not page:
        return f"`{words}`"
    return f"[{words}]({'../' * depth}{page}{'#' + place if place else ''})"
