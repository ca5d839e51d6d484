"""Charts of ``doc/bench.md``, drawn from the tables of ``doc/measured.md``.

``python -m water.bench.charts [--update]``; a chart that is not what the tables say is an error of
``bin/lint``, so that figures are changed in one place.
"""

import re
import sys
from html import escape
from pathlib import Path

from ..place import CHECKOUT

PAGE, TABLES, FOLDER = "doc/bench.md", "doc/measured.md", "doc/pictures"
#: {name of the picture: (title, heading of the table's first column, names of the two sides)}
READING, DESK, WEB = "bench-reading.svg", "bench-desk.svg", "bench-web.svg"
PEER = "the same, peer"
NUMBER = re.compile(r"[\d,]+(?:\.\d+)?")
UNIT = re.compile("[;,] ms$")
#: Pixels: what stands left of the bars, the longest bar, what stands right of it, a bar, a line.
LEFT, LONGEST, RIGHT, BAR, LINE = 400, 380, 70, 11, 36
OURS, THEIRS, INK = "#2f6f8f", "#b9c3c9", "#3a464e"


def tables(text):
    """Yield the tables of a page, each a list of rows of cells, without the line of dashes."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.split("\n")]
        yield [row for row in rows if row != [""] and not set("".join(row)) <= set("-: ")]


def number(cell):
    """The first number of a cell, none where it has none."""
    found = NUMBER.match(cell)
    return float(found[0].replace(",", "")) if found else None


def reading(text):
    """``[(what, ours, theirs)]`` at the least and the largest size at which both were measured."""
    table = next(rows for rows in tables(text) if rows[0][0].startswith("reading"))
    found = []
    for row, peer in zip(table, table[1:], strict=False):
        if peer[0] == PEER:
            measured = [
                (f"{row[0].split(':')[0]}, {size}", number(ours), number(theirs))
                for size, ours, theirs in zip(table[0][1:], row[1:], peer[1:], strict=True)
            ]
            both = [line for line in measured if None not in line]
            found += [both[0], both[-1]]
    return found


def desk(text):
    """Likewise what an agent waits for, in the lines that give a time of both sides."""
    table = next(rows for rows in tables(text) if rows[0][:3] == ["", "this", "project"])
    rows = ((row[0], number(row[1]), number(row[2])) for row in table if row[0].endswith("ms"))
    return [(UNIT.sub("", name), *pair) for name, *pair in rows if None not in pair]


def web(text):
    """Likewise what 95 of 100 visitors of the public page wait at most, of fifty at once."""
    table = next(rows for rows in tables(text) if rows[0][0].startswith("50 people, 5 to 10 s"))
    pairs = ((row[0], *(cell.partition(", ")[2] for cell in row[1:3])) for row in table)
    rows = ((name, number(ours), number(theirs)) for name, ours, theirs in pairs)
    return [row for row in rows if None not in row]


def _bar(top, value, scale, colour):
    width = round(value * scale, 1)
    text = f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"
    return (
        f'<rect x="{LEFT}" y="{top}" width="{width}" height="{BAR}" fill="{colour}"/>'
        f'<text x="{LEFT + width + 5}" y="{top + BAR - 1}">{text}</text>'
    )


def draw(title, sides, rows):
    """Return the SVG of pairs of bars.

    :param sides: names of ours and theirs
    :param rows: ``[(what, ours, theirs)]``
    """
    scale = LONGEST / max(max(pair) for _what, *pair in rows)
    width, height = LEFT + LONGEST + RIGHT, 60 + LINE * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' font-family="sans-serif" font-size="12" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="10" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for at, (name, colour) in enumerate(zip(sides, (OURS, THEIRS), strict=True)):
        left = LEFT + 120 * at
        parts.append(f'<rect x="{left}" y="33" width="{BAR}" height="{BAR}" fill="{colour}"/>')
        parts.append(f'<text x="{left + BAR + 5}" y="43">{escape(name)}</text>')
    for at, (what, ours, theirs) in enumerate(rows):
        top = 56 + LINE * at
        parts.append(f'<text x="{LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(what)}</text>')
        parts.append(_bar(top, ours, scale, OURS) + _bar(top + BAR + 2, theirs, scale, THEIRS))
    return "\n".join([*parts, "</svg>\n"])


def pictures(text):
    """{name: SVG} of the charts of a page."""
    return {
        READING: draw("Reading, ms (shorter is better)", ("this", "helpdesk_mgmt"), reading(text)),
        DESK: draw("At the desk, ms (shorter is better)", ("this", "project"), desk(text)),
        WEB: draw(
            "Fifty visitors, ms that 95 of 100 wait at most", ("this", "helpdesk_mgmt"), web(text)
        ),
    }


def update(root):
    """Draw the charts anew."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    for name, picture in pictures((root / TABLES).read_text()).items():
        (folder / name).write_text(picture)


def faults(root):
    """Yield a line for each chart that is missing, old, or not shown."""
    text = (root / PAGE).read_text()
    for name, picture in pictures((root / TABLES).read_text()).items():
        path = root / FOLDER / name
        if not path.exists() or path.read_text() != picture:
            yield f"{FOLDER}/{name} is not what {TABLES} says: water.bench.charts --update"
        if f"(pictures/{name})" not in text:
            yield f"{FOLDER}/{name} is not shown in {PAGE}"


def main(root, arguments):
    """Run the command; returns the exit code."""
    if arguments == ["--update"]:
        update(root)
    found = list(faults(root))
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(CHECKOUT), sys.argv[1:]))
