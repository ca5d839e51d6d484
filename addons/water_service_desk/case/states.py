"""The states of a case type in one table: their meaning is read from their row."""

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """A state of a case.

    :ivar label: name of the state for staff
    :ivar in_hand: the case is worked on: it can be withdrawn, merged and decided
    :ivar told: the customer has the result
    :ivar guarded: not reached while a person is waited for or at work
    :ivar final: no work is left
    """

    label: str
    in_hand: bool = False
    told: bool = False
    guarded: bool = False
    final: bool = False


class States(dict):
    """{name: State} of a case type, in the order of the selection."""

    def selection(self):
        """Return the values of the field `state`."""
        return [(name, state.label) for name, state in self.items()]

    def names(self, flag):
        """Return the names of the states that have the flag, in order."""
        return tuple(name for name, state in self.items() if getattr(state, flag))

    def open_names(self):
        """Return the names of the states that are not final, in order."""
        return tuple(name for name, state in self.items() if not state.final)

    def open_sql(self):
        """Return the condition of the filter "Open", as the partial indexes need it."""
        names = ", ".join(f"'{name}'" for name in self.open_names())
        return f"state IN ({names})"
