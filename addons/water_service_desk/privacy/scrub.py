"""Removes a person from free texts for an erasure (S2.2.4)."""

import re

from ..base.marks import marked
from .masking import MASKS

#: Replacement of removed words.
GONE = "***"
#: Telephone and identity card numbers and mail addresses, whosever they are.
PATTERNS = (
    re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"),
    re.compile(r"(?<![\d-])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"),
    re.compile(r"(?<![\d-])0\d{2,3}[ -]\d{7,8}(?!\d)"),
)
#: Shorter words are left: a single character stands in many others.
SHORTEST = 2


def forgotten(record):
    """``{field: value}`` that is left of the fields marked ``water_erased``; see ``base/marks.py``.

    :param record: one record
    """
    masks, left = marked(record, "water_mask"), {}
    for name, how in marked(record, "water_erased").items():
        if how == "masked":
            left[name] = MASKS[masks[name]](record[name])
        else:
            left[name] = GONE if how == "gone" or record._fields[name].required else False
    return left


class Scrubber:
    """Replaces the words of one person, and anyone's numbers and addresses.

    :param words: stored names, addresses, numbers; empty and short ones are ignored
    """

    def __init__(self, words):
        known = {str(word).strip() for word in words if word}
        long = sorted((w for w in known if len(w) >= SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, long))) if long else None

    def __call__(self, text):
        """The text without the person.

        :param text: a text, possibly of HTML
        """
        for pattern in (self._known, *PATTERNS):
            text = pattern.sub(GONE, text) if pattern else text
        return text

    def knows(self, text):
        """Return whether the text contains the person; other people's numbers do not count.

        :param text: a text or None
        """
        return bool(self._known and text and self._known.search(text))

    def tree(self, value):
        """The same for what JSON can express; keys stay.

        :param value: a text, number, list or dict
        """
        if isinstance(value, str):
            return self(value)
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, dict):
            return {key: self.tree(item) for key, item in value.items()}
        return value
