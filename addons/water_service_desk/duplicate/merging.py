"""The steps of merging, which are the same for every type of case."""

from ..base.roles import AGENT
from ..case.transitions import Move


def merging_moves(states, ends=("withdrawn",)):
    """Return the transitions that merging adds.

    :param states: states in which a case may be merged, and into which it comes back
    :param ends: states without a result, not allowed while other cases rely on it
    :return: {(from, to): Move}
    """
    return {
        **{(state, "merged"): Move(AGENT, ("_need_original",)) for state in states},
        **{("merged", state): Move((), ("_need_unmerging",)) for state in states},
        **{(state, end): Move(needs=("_need_no_joined",)) for state in states for end in ends},
    }
