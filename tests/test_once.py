"""What only one may have, two ask for at the same moment, on two workers."""

from pathlib import Path

SCRIPTS = [Path(__file__).with_name(name) for name in ("race.py", "once_race.py")]


def test_two_workers(run_alone):
    """One has it, and the other is told so."""
    result = run_alone(*SCRIPTS)
    for what, rounds in result.items():
        for answers, taken in rounds:
            assert (answers, taken) == (["done", "refused"], 1), (what, rounds)
