"""Removes unsafe content from the HTML of a report, which may be a stranger's."""

from contextlib import suppress

import lxml.html

with suppress(ImportError):  # a dependency of WeasyPrint
    import tinycss2

#: Over so many columns may a cell go, as in browsers: each takes room, whether it is there or not.
MOST_CELLS = 1000
#: Properties for which as many signs are made as they say, by parts that end the whole process
#: where there is no memory for them; no letter needs them.
ENDLESS = frozenset({"tab-size", "counter-reset", "counter-set", "counter-increment"})


def parse(html):
    """The tree of a report.

    :param html: text
    """
    # huge_tree: pictures inside the text, as data URLs, are longer than the parser's usual limit.
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    root = lxml.html.document_fromstring(str(html).encode(), parser=parser)
    # A base inside a customer's text would turn every link of the document.
    for node in root.xpath("//base | //script | body//meta"):
        node.drop_tree()
    for node in root.xpath("//*[@colspan or @rowspan or @span]"):
        for name in ("colspan", "rowspan", "span"):
            with suppress(ValueError, TypeError):
                node.set(name, str(min(int(node.get(name)), MOST_CELLS)))
    for node in root.xpath("//*[@style]"):
        node.set("style", _bounded(node.get("style")))
    # A text must not attach files to the document: they would be read with the rights of the
    # printing user, and reach the customer.
    for node in root.xpath("//*[@rel]"):
        if "attachment" in node.get("rel").lower():
            del node.attrib["rel"]
    return root


def _bounded(style):
    """Return the declarations of an element without unbounded ones."""
    if "\\" not in style and not any(name in style.lower() for name in ENDLESS):
        return style
    kept = [
        part
        for part in tinycss2.parse_blocks_contents(style)
        if getattr(part, "lower_name", "").removeprefix("-weasy-") not in ENDLESS
    ]
    return tinycss2.serialize(kept)
