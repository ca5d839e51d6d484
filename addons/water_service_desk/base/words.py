"""Typed text: blanks of any kind are no words."""

import re

#: invisible characters: spaces of every width, line ends, and zero-width characters
_UNSEEN = (
    r"\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
#: The same one by one, for ``str.strip``, whose cost grows with the length alone.
_BLANKS = "".join(re.findall(f"[{_UNSEEN}]", "".join(map(chr, range(0x10000)))))


#: signs that are not seen and have what follows run from right to left, or the other way round
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")

#: characters that databases refuse or that are invisible; JSON may bring half a surrogate pair
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


#: two full stops: those of a sentence of ours, after words that end with their own
_TWO_STOPS = re.compile(r"(?<=[^\s。./])(?:。[。.]|\.[.。])(?![。./])")


#: the characters of ``_UNSEEN`` that are not blanks
_FILLING = re.compile(f"[{_UNSEEN.replace(chr(92) + 's', '')}]")
#: two to four Chinese characters, or up to three Latin words of letters
_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,4}|[A-Za-z\u00c0-\u024f]{1,15}(?:[ '-][A-Za-z\u00c0-\u024f]{1,15}){0,2}"
)


def visible(text):
    """Return the text without zero-width and other invisible characters; blanks stay."""
    return _FILLING.sub("", text or "")


def looks_like_name(text):
    """Return whether typed text is short enough for a name, without digits, links and signs."""
    return bool(_NAME.fullmatch(text or ""))


def one_stop(text):
    """Return the text with one full stop instead of two: “因霜冻。。” becomes “因霜冻。”.

    :param text: plain or HTML, where typed words end a sentence of ours
    """
    return _TWO_STOPS.sub(lambda two: "。" if "。" in two[0] else ".", text or "")


def one_gap(text):
    """Return the text without leading, trailing or double blanks, which empty parts leave.

    :param text: plain
    """
    return re.sub(r"[^\S\n]{2,}", " ", text or "").strip()


def sentences(parts):
    """Join sentences in one line, with a blank except after a full-width stop.

    :param parts: texts; empty ones are left out
    """
    return re.sub(r"(?<=[。！？；]) (?=\S)", "", " ".join(part for part in parts if part))


def strip_invisible(text):
    """Return the text without surrounding blanks and invisible characters.

    The one check for required facts and reasons: ordinary and full-width spaces, line ends and
    zero-width characters are invisible to readers.

    :param text: as typed, or None
    """
    return (text or "").strip(_BLANKS)


def one_way(line):
    """Remove bidi control characters from a line: “gpj.exe” must not be shown as “exe.jpg”.

    User input among our own words would reverse those as well.

    :param line: a name, a title or an address
    """
    return line if line.isascii() else _TURNS.sub("", line)


def clean_text(value, most=None):
    """Return outside text without control characters, also without bidi controls.

    Entries without the check of remote calls (``door``) clean their texts by this function: public
    pages, portal, integrations, mails, chats, tables, files of calls, orders, answers of gateways.

    :param value: a form value, possibly a file or None
    :param most: most characters; the cut text is stripped as well, since limits count typed
        characters and searches visible ones
    :return: "" if it is no text
    """
    if not isinstance(value, str):
        return ""
    if most is not None:
        value = strip_invisible(value)[: 2 * most]  # a line end may take two characters
    text = one_way(value.replace("\r\n", "\n"))
    seen = strip_invisible(_CONTROLS.sub("", text))
    return seen if most is None else strip_invisible(seen[:most])


def is_given(value):
    """Whether a fact is there: blanks that were kept in earlier days are none.

    :param value: of a field
    """
    return bool(strip_invisible(value) if isinstance(value, str) else value)
