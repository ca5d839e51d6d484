"""Vocabulary of the transition tables: who may move a case, and what must be there first."""

from dataclasses import dataclass

from odoo.exceptions import UserError


@dataclass(frozen=True)
class Move:
    """One allowed step of a case.

    :param groups: role or roles of which the user needs one (``base/roles.py``); ``()`` for a step
        of the system alone, ``None`` for those of another addon
    :param needs: names of requirement methods; each returns a list of messages that tell what is
        missing, empty if the requirement is met
    """

    groups: str | tuple[str, ...] | None = None
    needs: tuple[str, ...] = ()

    def __post_init__(self):
        if isinstance(self.groups, str):
            object.__setattr__(self, "groups", (self.groups,))

    def joined(self, outer):
        """Return the same step with the requirements of an addon above.

        :param outer: its Move; requirements it repeats keep their place
        """
        groups = self.groups if outer.groups is None else outer.groups
        inner = tuple(need for need in self.needs if need not in outer.needs)
        return Move(groups, (*inner, *outer.needs))


class Missing(str):
    """A missing requirement in the user's words, and where to provide it.

    :param words: the sentence
    :param place: name of a field on the form of the record, or of an action that opens the dialog
        or list
    :param args: further arguments of the action
    """

    __slots__ = ("args", "place")

    def __new__(cls, words, place, *args):
        missing = super().__new__(cls, words)
        missing.place, missing.args = place, args
        return missing


class Refusal(UserError):
    """A refused step with all missing requirements; the web client links each to its place.

    :param head: what is refused
    :param record: the record whose form or actions provide them
    :param missing: messages, if possible ``Missing``
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
