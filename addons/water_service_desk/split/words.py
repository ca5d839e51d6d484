"""Split words into parts that can be shared out."""

import re

#: The end of a sentence, with what closes it; the signs of both languages.
_ENDS = re.compile(r"(?<=[。！？；.!?;\n])(?<!\d\.)\s*")


def sentences(text):
    """Return the sentences of ``text``; joined they give the same text.

    :param text: as spoken or typed, may be empty
    """
    return [part.strip() for part in _ENDS.split(text or "") if part.strip()]


def joined(parts):
    """Sentences as one text again: beside each other in Chinese, apart in other languages.

    :param parts: as :func:`sentences` gives them
    """
    text = ""
    for part in parts:
        apart = text and text[-1].isascii() and part[0].isascii()
        text += (" " if apart else "") + part
    return text
