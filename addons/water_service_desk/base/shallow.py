"""Flattens HTML with deeply nested elements.

The parser stops at a depth of 254 and drops the rest of the text: parts of mails with nested
answers, or of copied pages.
"""

import re
from collections import Counter

#: Deepest nesting; the parser adds some levels of its own.
DEEPEST = 200
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*+)[^<>]*>")
#: Elements without content.
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
#: Elements that end where the next one of their kind begins.
_ENDED = frozenset({"p", "li", "tr", "td", "th", "dt", "dd", "option"})
#: Elements that begin a line.
_LINES = frozenset({"p", "div", "li", "tr", "td", "table", "blockquote", "ul", "ol", "dd", "dt"})


def shallow(html):
    """Return HTML without elements below the limit, but with their text.

    :param html: as received
    """
    if html.count("<") <= DEEPEST:
        return html
    return _TAG.sub(_Depth().told, html)


class _Depth:
    """How deep the text is at each of its tags."""

    def __init__(self):
        self.open, self.counts = [], Counter()

    def told(self, tag):
        """Return what is left of a tag."""
        name = tag[2].lower()
        if name in _EMPTY or (tag[1] and not self.counts[name]):
            return tag[0]
        if tag[1]:
            while self._end() != name:
                pass
            return tag[0] if len(self.open) < DEEPEST else ""
        if self.open and self.open[-1] == name and name in _ENDED:
            self._end()
        self.open.append(name)
        self.counts[name] += 1
        if len(self.open) <= DEEPEST:
            return tag[0]
        return "<br>" if name in _LINES else ""

    def _end(self):
        name = self.open.pop()
        self.counts[name] -= 1
        return name
