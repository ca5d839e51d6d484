"""Draws a sample without dice: the same number is always drawn, or never."""

from zlib import crc32


def is_drawn(number, percent):
    """Whether the case of this number belongs to a sample of ``percent`` per cent.

    Whoever knows the number can work it out again, so that nobody can say that a case was left
    out on purpose; a larger sample holds every smaller one.

    :param number: number of the case, such as ``TS202611-00042``
    :param percent: 0 (none) to 100 (all)
    """
    return crc32(number.encode()) % 100 < percent
