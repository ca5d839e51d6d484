"""Typical lives of cases, each played once by the people whose steps they are.

A life is a function of the stage and a household; it begins on a Monday at ten past nine in the
morning. The clocks of a case follow from its kind and severity, so that a life is true of other
categories of the same. ``desk_lives`` and ``complaint_lives`` keep theirs in ``LIVES``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .stage import token

LIVES = {}
#: severity of the lives' categories, if not normal
SEVERITY = {"lk03": "urgent", "lk01": "emergency", "wq01": "urgent", "mt01": "complex"}


@dataclass(frozen=True)
class Life:
    """One typical case.

    :param play: function that plays it
    :param model: case type
    :param severity: decides the clocks
    :param category: code of its category
    :param tags: what it is an example of
    """

    play: Callable[..., None] | None
    model: str
    severity: str
    category: str
    tags: frozenset

    @property
    def name(self):
        return self.play.__name__ if self.play else "home"


#: A household comes to be a customer.
HOME = Life(None, "res.partner", "", "", frozenset({"home"}))


def life(model, category, *tags):
    """Keep a life; its severity is that of the category."""

    def keep(play):
        severity = SEVERITY.get(category, "normal")
        LIVES[play.__name__] = Life(play, f"water.{model}", severity, category, frozenset(tags))
        return play

    return keep


def called_back(s, case, outcome="solved", score="5"):
    case.invalidate_recordset()
    call = case.callback_ids.filtered(lambda row: row.state == "open")
    call = s.as_("sunli", call)
    call.write({"outcome": outcome, "score": score, "remark": token("回访")})
    call.action_done()
