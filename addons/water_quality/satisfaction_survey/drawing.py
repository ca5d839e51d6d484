"""Draws the sample of a survey so that the draw can be repeated."""

from hashlib import sha256


def draw_key(seed, number):
    """Return the sort key of a case; the lowest keys are drawn.

    PostgreSQL sorts by the same (``sha256(convert_to(seed || number, 'UTF8'))``); part of the seed
    is added at the draw, so that the result is unknown before.

    :param seed: words fixed before the draw, and the part added by the system
    :param number: number of the case, such as ``TS202611-00042``
    """
    return sha256(f"{seed}\n{number}".encode()).hexdigest()
