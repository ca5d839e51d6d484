"""Several senders at once, and senders that are killed: none is lost, none sent without need."""

from pathlib import Path

SCRIPT = Path(__file__).with_name("message_crash.py")


def test_run_twice_and_killed(run_alone):
    result = run_alone(SCRIPT)
    ended = {"ended": [0] * 4, "states": {"sent": 120}, "arrived": 120, "twice": 0}
    assert result["together"] == ended
    told = {"ended": 0, "states": {"delivered": 120}, "arrived": 120, "twice": 0}
    assert result["told"] == told, "a receipt may be faster than the answer"
    killed = result["killed"]
    assert killed["kills"] >= 5, "too few kills to prove anything"
    assert (killed["states"], killed["arrived"]) == ({"sent": 120}, 120)
    assert killed["twice"] <= killed["kills"], "more than the message under way was sent again"
