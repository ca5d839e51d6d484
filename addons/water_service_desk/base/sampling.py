"""Draws a sample without dice: the same number is always drawn, or never."""

from zlib import crc32


def is_drawn(number, percent):
    """Return whether the case of this number is in a sample of ``percent`` per cent.

    Reproducible from the number, so that no case can be left out on purpose; a larger sample
    includes every smaller one.

    :param number: number of the case, such as ``TS202611-00042``
    :param percent: 0 (none) to 100 (all)
    """
    return crc32(number.encode()) % 100 < percent
