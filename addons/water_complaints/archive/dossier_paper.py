"""Lays out the paper of a dossier: PDF/A-2b, which can still be read when the programs are gone.

Thousands of dossiers are made after a large incident, and nobody designs them: Typst makes one in
a tenth of the time that a page of HTML takes. This module knows nothing of Odoo.
"""

import json
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final
from unicodedata import category

import typst

TEMPLATE = Path(__file__).parent / "report" / "dossier.typ"
STANDARD: Final = "a-2b"
#: So many signs of people's words are printed, or hundreds of pages: each sign of a word without
#: end takes two kilobytes to lay out. What a text has beyond its share stands in the data alone.
MOST_SIGNS = 1_000_000
#: Of what a text may hold, these have no look, and the standard allows none of them.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_MARKS = "".join(
    sign for sign in map(chr, range(0x80, sys.maxunicode)) if category(sign) in ("Mn", "Me", "Cf")
)
#: More marks on one letter, or signs without a look, than anybody reads: the time that they take
#: grows with the square of their number.
_STACKED = re.compile(f"([{_MARKS}]{{16}})[{_MARKS}]+")
#: What may be broken between any two letters: words in which no line ends by itself, and all else.
_LONG_WORDS: Final = r"(?:[^\s\p{Han}\p{Hiragana}\p{Katakana}]|[\u{a0}\u{2007}\u{202f}]){24,}"
_ALL_WORDS: Final = r"[^\n ]+"


class BadLayoutError(RuntimeError):
    """Typst has met a fault of its own, which says nothing about the next dossier."""


@lru_cache(maxsize=1)
def _machine():
    """The fonts of the machine, which take long to look for, and the template."""
    return typst.Fonts(), TEMPLATE.read_bytes()


def lay_out(facts, more="…"):
    """Make the pages.

    :param facts: what ``dossier.typ`` prints: dicts and lists of strings, and what it leaves aside
    :param more: what follows the beginning of a text that is too long to be printed
    :return: the PDF, bytes; without the mark of the standard where a sign is in no font
    :raises typst.TypstError: if there are no pages in it
    :raises BadLayoutError: if Typst itself fails
    """
    facts = _printable(facts)
    share = _share([len(text) for text in _texts(facts)])
    if share is not None:
        facts = _shortened(facts, share, more)
    for standards, unbroken in (([STANDARD], _LONG_WORDS), ([], _LONG_WORDS)):
        try:
            return _compiled({**facts, "unbroken": unbroken}, standards)
        except (typst.TypstError, BadLayoutError):
            continue
    return _compiled({**facts, "unbroken": _ALL_WORDS}, [])


def _compiled(facts, standards):
    fonts, template = _machine()
    inputs = {"data": json.dumps(facts, ensure_ascii=False)}
    try:
        return typst.compile(template, font_paths=fonts, sys_inputs=inputs, pdf_standards=standards)
    except BaseException as error:
        # no Exception, so that it would end whatever makes many dossiers; its class has no module
        if type(error).__name__ != "PanicException":
            raise
        raise BadLayoutError(str(error)) from None


def _printable(facts):
    """The same without signs that have no look."""
    if isinstance(facts, dict):
        return {key: _printable(value) for key, value in facts.items()}
    if isinstance(facts, list | tuple):
        return [_printable(value) for value in facts]
    if facts is None or facts is False:  # of a row without a name
        return ""
    if not isinstance(facts, str):
        return facts
    return _STACKED.sub(r"\1", _INVISIBLE.sub("", facts))


def _texts(facts):
    if isinstance(facts, str):
        yield facts
    elif isinstance(facts, dict | list):
        for value in facts.values() if isinstance(facts, dict) else facts:
            yield from _texts(value)


def _share(lengths):
    """How long a text may be so that all are within the limit; None when all are as they are."""
    left = MOST_SIGNS
    for waiting, length in zip(range(len(lengths), 0, -1), sorted(lengths), strict=True):
        if length * waiting > left:
            return left // waiting
        left -= length
    return None


def _shortened(facts, share, more):
    if isinstance(facts, dict):
        return {key: _shortened(value, share, more) for key, value in facts.items()}
    if isinstance(facts, list):
        return [_shortened(value, share, more) for value in facts]
    if isinstance(facts, str) and len(facts) > share:
        return f"{facts[:share]} {more}"
    return facts
