"""Learned words of categories with their weights, and how a text is split into words.

Learning needs scikit-learn (``learning.py``), using it does not: a server without it proposes by
what another one has learned.
"""

import json
import re
import unicodedata
import zlib
from array import array

from ..knowledge.search_terms import HAN

#: Longest text that is looked at.
LONGEST = 2000
#: Chinese is cut into all runs of so many characters: no dictionary knows a water company's words.
RUNS = (1, 2, 3)
_PIECES = re.compile(rf"([{HAN}]+)|((?:(?![{HAN}_\d])\w)+)")


def cut(text):
    """Split ``text`` into the counted parts: runs of Chinese characters, other words whole.

    Digits are left out: telephone numbers and amounts do not indicate a category, and must not be
    stored.

    :return: list of strings in small letters, with repetitions
    """
    plain = unicodedata.normalize("NFKC", text or "")[:LONGEST].lower()
    found = []
    for chinese, other in _PIECES.findall(plain):
        if other:
            found.append(other)
        for length in RUNS:
            found += [chinese[at : at + length] for at in range(len(chinese) - length + 1)]
    return found


class Learned:
    """Weights of words for categories.

    :param codes: codes of the categories, in the order of the weights
    :param words: ``{word: number of its row}``
    :param weights: ``array("f")`` of rows, one number for each category
    """

    def __init__(self, codes, words, weights):
        self.codes = codes
        self.words = words
        self.weights = weights

    def best(self, text, count):
        """Return the codes that fit ``text`` best, at most ``count``; none for unknown words."""
        width = len(self.codes)
        rows = [self.words[word] * width for word in set(cut(text)) if word in self.words]
        if not rows:
            return []
        scores = [sum(self.weights[row + at] for row in rows) for at in range(width)]
        order = sorted(range(width), key=scores.__getitem__, reverse=True)
        return [self.codes[at] for at in order[:count]]

    def pack(self):
        """Return it as bytes; see :meth:`unpack`."""
        head = json.dumps({"codes": self.codes, "words": list(self.words)}, ensure_ascii=False)
        return zlib.compress(head.encode() + b"\n" + self.weights.tobytes())

    @classmethod
    def unpack(cls, content):
        """Read what :meth:`pack` has written."""
        head, _line, rows = zlib.decompress(content).partition(b"\n")
        found = json.loads(head)
        weights = array("f")
        weights.frombytes(rows)
        return cls(found["codes"], {word: at for at, word in enumerate(found["words"])}, weights)
