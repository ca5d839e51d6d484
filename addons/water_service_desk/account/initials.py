"""What people type of a Chinese name in a hurry."""

import re

from pypinyin import Style, lazy_pinyin

NO_LETTER = re.compile(r"[^a-z0-9]")


def initials(text):
    """The first letters of the syllables: "张伟" → "zw"; what is no Chinese stays, without signs.

    :param text: a name or an address, or nothing
    """
    letters = lazy_pinyin(text or "", style=Style.FIRST_LETTER)
    return NO_LETTER.sub("", "".join(letters).lower())
