"""Two users try to have or decide the same at once, on two workers.

One decision holds, and the other user is told in their language that it was too late. Records of a
case ended meanwhile are written before or not at all, and chains are valid.
"""

import re
from pathlib import Path

RACE, ONCE, DECISION, SETTLE, BESIDE = (
    Path(__file__).with_name(f"{name}race.py")
    for name in ("", "once_", "decision_", "settle_", "beside_")
)


def test_two_workers(run_alone):
    """One has it, and the other is told so."""
    result = run_alone(RACE, ONCE)
    for what, rounds in result.items():
        for answers, taken in rounds:
            assert (answers, taken) == (["done", "refused"], 1), (what, rounds)


def test_two_decide(run_alone):
    result = run_alone(RACE, DECISION)
    assert result.pop("faults") == []
    assert all(result.pop("told")), "who was merged into what is closed meanwhile is told"
    for answers, count in result.pop("revoked"):
        assert (answers, count) == (["done", "refused"], 0)
    for answers, is_kept in result.pop("kept"):  # records erased meanwhile go as well
        assert (answers, is_kept) == (["done", "done"], False)
    for what, rounds in result.items():
        for answers, said, there in rounds:
            assert (answers, there) == (["done", "refused"], 1), (what, rounds)
            (words,) = said
            assert re.search("[一-鿿]", words), (what, words)
            assert "Odoo" not in words, (what, words)
            assert not re.search(r"water\.\w", words), (what, words)


def test_four_eyes(run_alone):
    """For two second people one decides; no sealed file has the words of an erased person.

    No other review or second handling happens, and no work stays with closed departments or
    leavers.
    """
    result = run_alone(RACE, SETTLE)
    answers, _words, is_told = result.pop("left")
    assert (answers, is_told) == (["done", "done"], True)
    for answers, is_there in result.pop("sealed"):
        assert (answers, is_there) == (["done", "done"], False)
    for what, rounds in result.items():
        for answers, said, is_whole in rounds:
            assert (answers, is_whole) == (["done", "refused"], True), (what, rounds)
            (words,) = said
            assert re.search("[一-鿿]", words), (what, words)


def test_beside(run_alone):
    """Ended records get nothing from users who looked before; erased people are not named again,
    and of two identical entries none passes unseen.
    """
    for what, rounds in run_alone(RACE, BESIDE).items():
        for answers, said, is_whole in rounds:
            assert is_whole, (what, rounds)
            assert answers in (["done", "done"], ["done", "refused"]), (what, rounds)
            assert all(re.search("[一-鿿]|erased", text) for text in said), (what, rounds)
