"""Lay out the paper of a dossier as PDF/A-2b, which stays readable without our programs.

After a large incident thousands of dossiers are made without a designer: Typst needs a tenth of the
time that a page of HTML takes. This module knows nothing of Odoo.
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
#: Longest text printed: laying out a character takes two kilobytes. The data hold the rest of
#: longer texts.
MOST_SIGNS = 1_000_000
#: Characters without a look, which the standard does not allow.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_MARKS = "".join(
    sign for sign in map(chr, range(0x80, sys.maxunicode)) if category(sign) in ("Mn", "Me", "Cf")
)
#: More combining marks on one letter than anyone reads: their layout time grows quadratically.
_STACKED = re.compile(f"([{_MARKS}]{{16}})[{_MARKS}]+")
#: Words without a line break opportunity, which may be broken between any two letters.
_LONG_WORDS: Final = r"(?:[^\s\p{Han}\p{Hiragana}\p{Katakana}]|[\u{a0}\u{2007}\u{202f}]){24,}"
_ALL_WORDS: Final = r"[^\n ]+"


class BadLayoutError(RuntimeError):
    """An internal fault of Typst, which says nothing about the next dossier."""


@lru_cache(maxsize=1)
def _machine():
    return typst.Fonts(), TEMPLATE.read_bytes()


def lay_out(facts, more="…"):
    """Make the pages.

    :param facts: dicts and lists of strings that ``dossier.typ`` prints
    :param more: mark at the end of a text that is too long to be printed
    :return: the PDF as bytes; without the mark of the standard if a character is in no font
    :raises typst.TypstError: if no pages can be made
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
        # not derived from Exception: it would end the job that makes many dossiers; its class has
        # no module
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
    """Return the length to which long texts are cut so that all fit; None if all fit."""
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
