"""Draw the manual's flow charts: Mermaid's text becomes SVG by graphviz's ``dot``.

Supports the forms that ``markdown.diagram`` writes, and people too: ``n1["words"]``, ``n1 --> n2``
and ``n1 -->|"words"| n2``. Mermaid in the browser would be three megabytes for every reader, and
cannot be printed.
"""

import html
import re
import subprocess

HEAD = re.compile(r"flowchart (TB|LR)")
NODE = re.compile(r'(\w+)\["(.*)"\]')
EDGE = re.compile(r'(\w+) -->(?:\|"(.*)"\|)? (\w+)')
FONT = "Noto Sans CJK SC"
STYLE = f"""
    bgcolor=transparent; pad=0.1; nodesep=0.3; ranksep=0.5;
    node [shape=box, style="rounded,filled", fillcolor="#e8f1f8", color="#2f6f9f",
          fontname="{FONT}", fontsize=12, margin="0.16,0.08"];
    edge [color="#6b7a86", fontname="{FONT}", fontsize=10, arrowsize=0.7];
"""


def to_dot(text):
    """Return graphviz's text of a flow chart.

    :raises ValueError: for a line that is none of the three forms
    """
    first, *lines = text.strip().splitlines()
    head = HEAD.fullmatch(first.strip())
    if not head:
        raise ValueError(f"no flow chart: {first}")
    return "\n".join([f"digraph {{ rankdir={head[1]}; {STYLE}", *map(_line, lines), "}"])


def _line(line):
    words = line.strip()
    if node := NODE.fullmatch(words):
        return f"{node[1]} [label={_quoted(node[2])}];"
    if edge := EDGE.fullmatch(words):
        return f"{edge[1]} -> {edge[3]} [label={_quoted(edge[2] or '')}];"
    raise ValueError(f"not drawn: {words}")


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("<br>", "\\n") + '"'


def to_svg(text):
    """Return the picture of a flow chart, to stand in a page."""
    done = subprocess.run(
        ["dot", "-Tsvg"], input=to_dot(text), capture_output=True, text=True, check=True
    )
    picture = done.stdout[done.stdout.index("<svg") :]
    picture = re.sub(r"<!--.*?-->\s*|<title>.*?</title>\s*", "", picture, flags=re.DOTALL)
    label = html.escape(", ".join(node[2] for node in NODE.finditer(text)))
    return picture.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
