"""Buttons that are pressed twice, at once or after a fault, do their work once."""

import re
from pathlib import Path

RACE, BUTTONS = (Path(__file__).with_name(f"{name}race.py") for name in ("", "button_"))


def test_pressed_twice(run_alone):
    """The later one is told in their language that it is done; interrupted work is done then."""
    for what, found in run_alone(RACE, BUTTONS).items():
        for how, (answers, said, there) in found.items():
            assert there == 1, (what, how, answers, said)
            wanted = {"at once": ["done", "refused"], "lost": ["refused"]}.get(how, ["done"])
            assert answers == wanted, (what, how, said)
            assert all(re.search("[一-鿿]", text) for text in said if text), (what, how, said)
