"""Colours of the customers' pages: read, and how well white words stand on them (WCAG)."""

import re

#: Contrast that words of normal size need (WCAG 2.2, 1.4.3).
ENOUGH = 4.5


def channels(colour):
    """Red, green and blue (0 to 255) of ``#0b5c8a``, or None for anything else."""
    found = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", colour or "")
    return tuple(int(part, 16) for part in found.groups()) if found else None


def contrast_to_white(colour):
    """How many times lighter white is than ``colour``, from 1 to 21.

    :param colour: such as ``#0b5c8a``
    """
    parts = [part / 255 for part in channels(colour)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
