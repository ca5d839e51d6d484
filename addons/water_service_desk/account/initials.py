"""Initials that people type for Chinese names."""

import re

from pypinyin import Style, lazy_pinyin

NO_LETTER = re.compile(r"[^a-z0-9]")


def initials(text):
    """Return the first letters of the syllables: "张伟" → "zw"; other text stays, without
    punctuation.

    :param text: a name or an address, or None
    """
    letters = lazy_pinyin(text or "", style=Style.FIRST_LETTER)
    return NO_LETTER.sub("", "".join(letters).lower())
