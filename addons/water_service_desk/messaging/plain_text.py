"""The plain-text part of mails, for text programs and screen readers."""

import re

from lxml import html

from ..base.words import strip_invisible, visible

_BLOCKS = frozenset({"p", "div", "table", "tr", "ul", "ol", "h1", "h2", "h3", "hr"})
_SILENT = frozenset({"head", "style", "script", "img"})
_HIDDEN = re.compile(r"display:\s*none")


def plain_text(source):
    """Return the words of a mail as plain text, each link with its address behind it.

    Unlike Odoo's ``html2plaintext``, leave out hidden previews, invisible filling characters,
    pictures and stars.

    :param source: HTML
    """
    if not strip_invisible(source):
        return ""
    text = "".join(_words(html.fromstring(source)))
    lines = (re.sub(r"[^\S\n]+", " ", visible(line)).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _words(node):
    if (
        not isinstance(node.tag, str)
        or node.tag in _SILENT
        or _HIDDEN.search(node.get("style", ""))
    ):
        return
    is_block = node.tag in _BLOCKS
    yield "\n" if is_block or node.tag == "br" else "\n- " if node.tag == "li" else ""
    yield re.sub(r"\s+", " ", node.text or "")
    for child in node:
        yield from _words(child)
        yield re.sub(r"\s+", " ", child.tail or "")
    address = node.tag == "a" and node.get("href", "")
    if address and address.startswith("http"):
        yield f" <{address}>"
    yield "\n\n" if node.tag == "p" else "\n" if is_block else ""
