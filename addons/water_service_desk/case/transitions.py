"""Vocabulary of the transition tables: who may move a case, and what must be there first."""

from dataclasses import dataclass

from odoo.exceptions import UserError


@dataclass(frozen=True)
class Move:
    """One lawful step of a case.

    :param groups: role or roles of which the mover needs one (``base/roles.py``); ``()`` for a step
        that the system alone takes, ``None`` for what another room says
    :param needs: names of requirement methods; each returns a list of messages that tell
        what is missing, empty when the requirement is met
    """

    groups: str | tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()

    def __post_init__(self):
        if isinstance(self.groups, str):
            object.__setattr__(self, "groups", (self.groups,))

    def joined(self, outer):
        """The same step with what a room above needs besides.

        :param outer: its Move; what it names again stands where it has it
        """
        groups = self.groups if outer.groups is None else outer.groups
        inner = tuple(need for need in self.needs if need not in outer.needs)
        return Move(groups, (*inner, *outer.needs))


class Missing(str):
    """What a step lacks, in the user's words, and the place where it is put right.

    :param words: the sentence
    :param place: name of a field on the form of the record, or of one of its actions that opens
        the dialog or the list
    :param args: further arguments of the action
    """

    __slots__ = ("args", "place")

    def __new__(cls, words, place, *args):
        missing = super().__new__(cls, words)
        missing.place, missing.args = place, args
        return missing


class Refusal(UserError):
    """A refused step: says all that is missing; the web client links each line to its place.

    :param head: what is refused
    :param record: the record on whose form, or by whose actions, it is put right
    :param missing: messages, as far as possible ``Missing``
    """

    def __init__(self, head, record, missing):
        super().__init__("\n".join([head, *(f"· {line}" for line in missing)]))
        # by the way of every exception of Odoo, the context goes to the client with the message
        self.context = {
            "head": head,
            "model": record._name,
            "id": record.id if isinstance(record.id, int) else False,
            "missing": [
                {
                    "words": str(line),
                    "place": getattr(line, "place", False),
                    "args": list(getattr(line, "args", ())),
                }
                for line in missing
            ],
        }
