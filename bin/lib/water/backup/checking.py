"""Checks of a restored database and its files before anybody relies on them."""

import json
from pathlib import Path

from ..place import Stop, say
from .source import last_words

PROBE = Path(__file__).with_name("probe.py")
KINDS = ("attachments", "chains", "sealed")
SHOWN = 20


def checked(source, database):
    """Look at every file, chain and sealed file of ``database``; what ``probe.py`` has found."""
    said = source.odoo("shell", database, "the copy could not be checked", input=PROBE.read_text())
    found = [line for line in said.splitlines() if line.startswith("RESULT ")]
    if not found:
        raise Stop(f"the copy could not be checked: {last_words(said)}")
    return json.loads(found[0].removeprefix("RESULT "))


def judge(facts, gone):
    """Stop when anything is wrong.

    :param gone: names of files that are missing for a known reason
    """
    faults = [text for name, text in facts["faults"] if name not in gone]
    if faults:
        for text in faults[:SHOWN]:
            say(text)
        raise Stop(f"{len(faults)} faults in what was restored: nothing is kept of it")


def counts(facts):
    """Return how much was checked, in words."""
    return ", ".join(f"{facts['counts'][kind]} {kind}" for kind in KINDS)
