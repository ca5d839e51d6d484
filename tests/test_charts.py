"""Charts of the page of figures are drawn from its tables, and told when they are not."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "bin" / "lib"))

from water.bench import charts  # noqa: E402

TABLES = """
| reading; ms | 1,000 cases | a million | all open | to reach |
| --- | ---: | ---: | ---: | ---: |
| board: columns | 15 (16) | 1,234 (35) | 346 (151) | <= 50 |
| the same, peer | 17 (18) | 2,468 (266) | – | |
| duty board | 22 (23) | 28 (29) | 33 (33) | <= 50 |

| | this | project | to reach |
| --- | ---: | ---: | ---: |
| reading: queries | 29 | 23 | <= 40 |
| reading; ms | 35.5 (36) | 20 (20) | (30) |
| duty; ms | 30 (31) | – | 60 |

| 50 people, 5 to 10 s between two pages; ms: half of them, 95 of 100 | this | peer | to reach |
| --- | ---: | ---: | ---: |
| the form | 15, 49 | 13, 26 | p95 < 300 |
| the challenge | 11, 78 | – |  |
| refused or failed | 0 of 1,198 | 0 of 800 | 0 |
"""
PAGE = "![](pictures/bench-reading.svg) ![](pictures/bench-desk.svg) ![](pictures/bench-web.svg)"


@pytest.fixture
def checkout(tmp_path):
    """A checkout with those tables, their charts and a page that shows them."""
    (tmp_path / "doc").mkdir()
    (tmp_path / charts.TABLES).write_text(TABLES)
    (tmp_path / charts.PAGE).write_text(PAGE)
    charts.update(tmp_path)
    return tmp_path


def test_figures_of_the_tables():
    """Those that both sides have, as they stand there."""
    assert charts.reading(TABLES) == [
        ("board, 1,000 cases", 15, 17),
        ("board, a million", 1234, 2468),
    ]
    assert charts.desk(TABLES) == [("reading", 35.5, 20)]
    assert charts.web(TABLES) == [("the form", 49, 26)]


def test_bars_are_as_long_as_the_figures():
    """The longest one is as long as there is room, one of half the size half as long."""
    drawn = charts.draw("Title & more", ("a", "b"), [("x <y>", 10, 20)])
    assert f'width="{charts.LONGEST / 2}" height="{charts.BAR}" fill="{charts.OURS}"' in drawn
    assert f'width="{float(charts.LONGEST)}" height="{charts.BAR}"' in drawn
    assert "x &lt;y&gt;" in drawn
    assert "Title &amp; more" in drawn


def test_a_changed_figure_is_told(checkout):
    assert charts.main(checkout, []) == 0
    tables, page = checkout / charts.TABLES, checkout / charts.PAGE
    tables.write_text(tables.read_text().replace("| 35.5 (36)", "| 36 (37)"))
    page.write_text(page.read_text().replace("-reading.svg", ""))
    told = list(charts.faults(checkout))
    assert [line.split(" is not ")[1][:6] for line in told] == ["shown ", "what d"]
    assert charts.main(checkout, ["--update"]) == 1, "one is shown nowhere yet"
    assert [line.split("/")[2][:13] for line in charts.faults(checkout)] == ["bench-reading"]
