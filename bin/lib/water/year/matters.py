"""What customers call about: texts of ``words.toml``, varied so that few are alike."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text())


@dataclass(frozen=True)
class Matter:
    """One kind of thing that happens.

    :param model: kind of case
    :param category: code in small letters
    :param severity: that of the category
    :param department: code of who does the work
    :param weight: how often, beside the others, in an ordinary month
    :param months: {month as text: factor}
    :param words: {token: alternatives}
    """

    key: str
    model: str
    category: str
    severity: str
    department: str
    weight: float
    words: dict
    months: dict

    def texts(self, dice):
        """``{token: text}``; a part that comes twice is the same in all texts of a case."""
        parts, found = {}, {}
        for name, texts in self.words.items():
            text = dice.choice(texts)
            while "{" in text:
                text = re.sub(r"\{(.+?)\}", lambda hit: _part(dice, parts, hit[1]), text)
            found[name] = text
        return found


def _part(dice, parts, name):
    if name not in parts:
        parts[name] = dice.choice(WORDS["parts"][name])
    return parts[name]


def _matter(key, months=None, **values):
    season = WORDS["seasons"][months] if isinstance(months, str) else months
    return Matter(key=key, months=season or {}, **values)


MATTERS = {key: _matter(key, **values) for key, values in WORDS["matters"].items()}
