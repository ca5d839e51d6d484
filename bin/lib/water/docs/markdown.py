"""Tables and diagrams as text, in Markdown and Mermaid, that say the same each time."""

import re

#: said at the head of every page that is written by the registry
MARK = "<!-- written by bin/docs --update: change the code, not this page -->"


def cell(value):
    """One cell of a table: a text without what would end it."""
    text = re.sub(r"\s+", " ", str(value or "")).strip()
    # what looks like a link, a mark of emphasis or HTML is none
    return re.sub(r"([|\[\]<>*_`{}\\])", r"\\\1", text)


def table(heads, rows):
    """A table; a row is a list of texts that are cells already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(value):
    """A technical name."""
    return f"`{value}`"


def diagram(nodes, edges, direction="TB"):
    """A flow chart in Mermaid.

    :param nodes: {key: label}; keys become ``n1``, ``n2`` ... in their order
    :param edges: [(key, key, label)]
    """
    names = {key: f"n{number}" for number, key in enumerate(nodes, 1)}
    lines = [f"flowchart {direction}"]
    lines += [f'    {names[key]}["{_label(label)}"]' for key, label in nodes.items()]
    for start, end, label in edges:
        words = f'|"{_label(label)}"|' if label else ""
        lines.append(f"    {names[start]} -->{words} {names[end]}")
    return "\n".join(["```mermaid", *lines, "```"])


def _label(text):
    return str(text).replace('"', "'")


def page(title, words, *parts, wide=False):
    """A whole page.

    :param wide: it has no list of its contents beside it
    """
    head = ["---\nhide:\n  - toc\n---"] if wide else []
    return "\n\n".join([*head, MARK, f"# {title}", words, *parts]) + "\n"
