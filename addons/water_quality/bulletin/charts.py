"""Draws the charts of bulletins as SVG, readable in print; pygal does the drawing."""

import base64
import re
import unicodedata
from math import ceil

import pygal
from pygal.style import Style

#: Lines differ in brightness as well: a page may be printed in black and white.
STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#333333",
    foreground_strong="#111111",
    foreground_subtle="#999999",
    font_family="'Noto Sans CJK SC', sans-serif",
    colors=("#01464a", "#e08e2b", "#7b8794"),
    label_font_size=13,
    major_label_font_size=13,
    value_font_size=13,
    legend_font_size=13,
)
SHARED = {
    **{"style": STYLE, "js": (), "width": 760, "height": 240, "print_values": True},
    **{"truncate_label": -1, "formatter": lambda number: f"{number:g}"},
}
#: How many numbers stand beside a chart at most, 0 not counted.
TICKS = 6
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)


def lines(labels, series):
    """A line for each series over time.

    :param labels: one for each moment
    :param series: ``{name: numbers}``
    :return: the address of an SVG image
    """
    chart = pygal.Line(
        **{**SHARED, "print_values": False},
        legend_at_bottom=True,
        dots_size=2,
        range=(0, _ticks(_top(series))[-1]),
        x_labels_major_count=8,
        show_minor_x_labels=len(labels) <= 12,
    )
    chart.y_labels = _ticks(_top(series))
    chart.x_labels = labels
    for name, numbers in series.items():
        chart.add(name, numbers)
    return _svg(chart)


def bars(rows):
    """A bar for each row, the first on top.

    :param rows: ``[(label, number)]``
    :return: the address of an SVG image
    """
    height = 60 + 32 * len(rows)
    chart = pygal.HorizontalBar(**{**SHARED, "height": height}, show_legend=False)
    chart.x_labels = [label for label, _number in reversed(rows)]
    chart.y_labels = _ticks(max((number for _label, number in rows), default=0))
    # pygal leaves room for letters that are half as wide as Chinese ones
    wide = max((sum(map(_is_wide, label)) for label, _number in rows), default=0)
    chart.margin_left = round(10 + wide * STYLE.label_font_size / 2)
    chart.add("", [number for _label, number in reversed(rows)])
    return _svg(chart)


def _top(series):
    """Return the top of the axis, at least 5: cases are whole numbers."""
    return max(5, max((number for numbers in series.values() for number in numbers), default=0))


def _ticks(top):
    """Whole numbers from 0 on to ``top`` or little above it, so few that none touches the next.

    >>> _ticks(29)
    [0, 5, 10, 15, 20, 25, 30]
    """
    steps = (base * 10**power for power in range(len(str(top))) for base in (1, 2, 5))
    step = next((step for step in steps if step * TICKS >= top), 10 ** len(str(top)))
    return [step * count for count in range(max(ceil(top / step), 1) + 1)]


def _is_wide(letter):
    return unicodedata.east_asian_width(letter) in "WF"


def _svg(chart):
    """Return a pygal chart as the address of an image: HTML would change its attributes."""
    text = chart.render(is_unicode=True, disable_xml_declaration=True)
    text = SCRIPT.sub("", text)  # the settings of tooltips, which paper has none of
    drawn = base64.b64encode(text.encode()).decode()
    return f"data:image/svg+xml;base64,{drawn}"
