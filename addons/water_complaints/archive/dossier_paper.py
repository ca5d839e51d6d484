"""Lays out the paper of a dossier: PDF/A-2b, which can still be read when the programs are gone.

Thousands of dossiers are made after a large incident, and nobody designs them: Typst makes one in
a tenth of the time that a page of HTML takes. This module knows nothing of Odoo.
"""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

TEMPLATE = Path(__file__).parent / "report" / "dossier.typ"
STANDARD: Final = "a-2b"
#: Of what a text may hold, these have no look, and the standard allows none of them.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")


@lru_cache(maxsize=1)
def _machine():
    """The fonts of the machine, which take long to look for, and the template."""
    return typst.Fonts(), TEMPLATE.read_bytes()


def lay_out(facts):
    """Make the pages.

    :param facts: what ``dossier.typ`` prints: dicts and lists of strings, and what it leaves aside
    :return: the PDF, bytes; without the mark of the standard where a sign is in no font
    :raises typst.TypstError: if there are no pages in it
    """
    fonts, template = _machine()
    inputs = {"data": json.dumps(_printable(facts), ensure_ascii=False)}
    try:
        return typst.compile(
            template, font_paths=fonts, sys_inputs=inputs, pdf_standards=[STANDARD]
        )
    except typst.TypstError:
        return typst.compile(template, font_paths=fonts, sys_inputs=inputs)


def _printable(facts):
    """The same without signs that have no look."""
    if isinstance(facts, dict):
        return {key: _printable(value) for key, value in facts.items()}
    if isinstance(facts, list | tuple):
        return [_printable(value) for value in facts]
    if facts is None or facts is False:  # of a row without a name
        return ""
    return _INVISIBLE.sub("", facts) if isinstance(facts, str) else facts
