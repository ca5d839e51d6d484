"""The sweep is killed at random times; nothing is lost or told twice."""

from pathlib import Path

SCRIPT = Path(__file__).with_name("sweep_crash.py")


def test_killed_again_and_again(run_alone):
    result = run_alone(SCRIPT)
    assert result["kills"] >= 20
    assert result["amid"] >= result["kills"] / 5, "too few fell between two commits"
    assert result["due"] > 0
    assert (result["lost"], result["twice"]) == (0, 0)
    assert result["breached"] == result["clocks"] == result["breach_events"]
    assert result["faults"] == []
