"""Find forbidden phrases in texts for customers; pure Python, no ``env``.

A phrase is plain text in which ``*`` stands for a few characters of the same sentence. All phrases
are searched in one pass, however many.
"""

import re
import unicodedata

#: Characters that ``*`` may stand for, within the sentence.
GAP = r"[^。！？!?\n]{0,10}"
#: More stars make a phrase that fits too much, and a search that takes too long.
MOST_STARS = 3
#: Longer texts are looked through up to here.
LONGEST_TEXT = 20000
#: Words of others: in quotation marks, or in a quoted line of a mail.
QUOTED = re.compile(
    r"“[^“”\n]*”|「[^「」\n]*」|『[^『』\n]*』|\"[^\"\n]*\"|^[ \t]*>.*$",
    re.MULTILINE,
)


def plain(text):
    """The text as it is compared: no quotations, one width, one case.

    :param text: plain text, not HTML
    """
    own_words = QUOTED.sub("\n", (text or "")[:LONGEST_TEXT])
    return unicodedata.normalize("NFKC", own_words).casefold()


def is_workable(phrase):
    """Whether ``phrase`` says something besides its stars, of which there are not too many.

    :param phrase: as a manager typed it
    """
    phrase = unicodedata.normalize("NFKC", phrase)
    rest = phrase.replace("*", "").strip()
    return len(rest) > 1 and phrase.count("*") <= MOST_STARS


def _bare(phrase):
    return plain(phrase.strip(" *")).strip()


def _pattern(phrase):
    parts = [re.escape(part) for part in _bare(phrase).split("*")]
    pattern = GAP.join(part for part in parts if part)
    # Latin words are whole words; Chinese ones have no borders.
    begin = r"\b" if re.match(r"\w", pattern, re.ASCII) else ""
    end = r"\b" if re.search(r"\w$", pattern, re.ASCII) else ""
    return f"{begin}{pattern}{end}"


def compiled(phrases):
    """One matcher for all phrases; those that come first win at the same place.

    :param phrases: list of text
    :return: what :func:`found` takes
    """
    if not phrases:
        return None
    groups = "|".join(f"(?P<p{n}>{_pattern(phrase)})" for n, phrase in enumerate(phrases))
    # looks ahead, so that phrases may overlap; most places are left by their character alone
    return re.compile(f"(?={_beginnings(phrases)})(?=(?:{groups}))")


def _beginnings(phrases):
    firsts = {_bare(phrase)[:1] for phrase in phrases}
    return f"[{''.join(map(re.escape, sorted(firsts)))}]" if all(firsts) else ""


def found(matcher, text):
    """Numbers of the phrases in ``text``, each once, in the order of the text.

    :param matcher: from :func:`compiled`
    :param text: plain text, not HTML
    """
    if matcher is None:
        return []
    hits = (match.lastgroup for match in matcher.finditer(plain(text)))
    return [int(name[1:]) for name in dict.fromkeys(hits)]
