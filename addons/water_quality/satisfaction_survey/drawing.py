"""Draws the sample of a survey so that anybody can draw it again."""

from hashlib import sha256


def draw_key(seed, number):
    """Where a case stands in the row from which a sample is taken, the first ones first.

    PostgreSQL sorts by the same (``sha256(convert_to(seed || number, 'UTF8'))``); the seed is
    whole when the sample is drawn, so that nobody knows before what it leads to.

    :param seed: words that were fixed before the draw, and what the system has added
    :param number: number of the case, such as ``TS202611-00042``
    """
    return sha256(f"{seed}\n{number}".encode()).hexdigest()
