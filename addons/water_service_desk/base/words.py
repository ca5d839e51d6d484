"""What people typed: blanks of any kind are no words."""

import re

#: what is not seen: spaces of every width, line ends, and the signs without a width of their own
_UNSEEN = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
#: The same one by one, for ``str.strip``, whose cost grows with the length alone.
_BLANKS = "".join(re.findall(f"[{_UNSEEN}]", "".join(map(chr, range(0x10000)))))


#: signs that are not seen and have what follows run from right to left, or the other way round
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")

#: what no database keeps, or nobody sees; half a surrogate pair comes by JSON
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


#: two full stops: those of a sentence of ours, after words that end with their own
_TWO_STOPS = re.compile(r"(?<=[^\s。./])(?:。[。.]|\.[.。])(?![。./])")


def one_stop(text):
    """The text with one full stop where two follow each other: “因霜冻。。” becomes “因霜冻。”.

    :param text: plain or HTML, in which words that somebody typed end a sentence of ours
    """
    return _TWO_STOPS.sub(lambda two: "。" if "。" in two[0] else ".", text or "")


def one_gap(text):
    """The text without blanks at its ends or after each other, as parts that say nothing leave.

    :param text: plain
    """
    return re.sub(r"[^\S\n]{2,}", " ", text or "").strip()


def sentences(parts):
    """Sentences in one line: with a blank between them, but for after a full-width stop.

    :param parts: texts; those that say nothing are left out
    """
    return re.sub(r"(?<=[。！？；]) (?=\S)", "", " ".join(part for part in parts if part))


def said(text):
    """The text without the blanks around it; empty when it says nothing.

    The one check for facts and reasons that must be given: a space, a full-width one, a line end
    or a sign without width is not seen by whoever reads them.

    :param text: as somebody typed it, or nothing
    """
    return (text or "").strip(_BLANKS)


def one_way(line):
    """The line without signs that turn it round: “gpj.exe” is not shown as “exe.jpg”.

    Who a stranger is, and what he calls his matter, stands among words of ours, which would be
    turned round as well.

    :param line: a name, a title or an address
    """
    return line if line.isascii() else _TURNS.sub("", line)


def clean_text(value, most=None):
    """Return text from outside without control characters, also those that turn a line round.

    Each entry past the check of remote calls (``door``) cleans its texts by this function: public
    pages, portal, integrations, mails, chats, tables, files of calls, orders, answers of gateways.

    :param value: a form value, possibly a file or None
    :param most: characters that are taken; what is cut ends in no blanks either, for limits count
        by what was typed, and searches go by what is seen of it
    :return: "" for anything that is no text
    """
    if not isinstance(value, str):
        return ""
    if most is not None:
        value = said(value)[: 2 * most]  # a line end may take two characters
    text = one_way(value.replace("\r\n", "\n"))
    seen = said(_CONTROLS.sub("", text))
    return seen if most is None else said(seen[:most])


def is_given(value):
    """Whether a fact is there: blanks that were kept in earlier days are none.

    :param value: of a field
    """
    return bool(said(value) if isinstance(value, str) else value)
