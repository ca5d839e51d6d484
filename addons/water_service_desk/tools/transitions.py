"""Vocabulary of the transition tables: who may move a case, and what must be there first."""

from typing import NamedTuple


class Move(NamedTuple):
    """One lawful step of a case.

    :param groups: XML ids of the groups of which the mover needs one; none for a step that the
        system alone takes
    :param needs: names of requirement methods; each returns a list of messages that tell
        what is missing, empty when the requirement is met
    """

    groups: tuple[str, ...]
    needs: tuple[str, ...] = ()
