"""Processor time of running programs, as the kernel counts it."""

import os
from contextlib import suppress
from pathlib import Path


def family_seconds(first):
    """Processor time of a process and its children, of those too that have ended."""
    return sum(family(first).values()) / os.sysconf("SC_CLK_TCK")


def family(first):
    """{process id: ticks of the processor} of a process and its children."""
    rows = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            text = path.read_text().rpartition(")")[2].split()
            rows[int(path.parent.name)] = int(text[1]), sum(map(int, text[11:15]))
    found = {first}
    for _generation in range(3):
        found |= {pid for pid, (parent, _ticks) in rows.items() if parent in found}
    return {pid: rows[pid][1] for pid in found if pid in rows}
