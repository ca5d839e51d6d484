"""The year of the demonstration: a small one is made twice and asked whether it is true."""

from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("year_probe.py")


@pytest.fixture
def year(run_alone):
    """Findings in a year of about 200 cases."""
    return run_alone(SCRIPT)


def test_year_is_true(year):
    """Chains, limits, links, money and figures hold; the same seed gives the same rows."""
    assert year["found"]["cases"] > 150, year["found"]
    assert year["other"] == []
    assert year["chains"] == []
    count, wrong = year["clocks"]
    assert count > 800
    assert wrong == []
    assert year["mostly late"] == []
    assert year["loose"] == []
    assert year["left"] == []
    assert year["waiting"] == []
    assert year["figures"] == []
    assert year["money"][0] > 0
    assert year["money"][1] == []
    done, bare = year["visits"]
    assert 0 < bare < done / 4, year["visits"]
    assert year["lawful"]
    assert year["bots"] == []
    learned, _by_words, cases = year["held out"]
    assert cases > 150
    assert learned >= 90, year["held out"]
    # what one would tell of such a year
    winter, other = year["frozen"]
    assert winter > other
    after, otherwise = year["meters"]
    assert after > 1.5 * otherwise > 0, year["meters"]
    late = year["late"]
    bad = late.get("True True", 0) / (late.get("True True", 0) + late.get("True False", 0))
    others = late.get("False True", 0) / (late.get("False True", 0) + late.get("False False", 1))
    assert bad > 2 * others, late
    assert year["most"] >= 4
