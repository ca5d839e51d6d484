"""Intersections and unions of time spans, free of the ORM."""

DAY = 24 * 3600


def overlap(begin, end, pauses):
    """Seconds between ``begin`` and ``end`` that lie in any of ``pauses``.

    :param pauses: ``(from, until)`` pairs of naive datetimes, in any order, overlapping or not
    """
    total, reached = 0, begin
    for first, last in sorted(pauses):
        first, last = max(first, reached), min(last, end)
        if first < last:
            total += int((last - first).total_seconds())
            reached = last
    return total


def longest_stretch(begin, end, pauses):
    """Seconds of the longest part of ``begin`` to ``end`` that no pause interrupts."""
    longest, reached = 0, begin
    for first, last in sorted(pauses):
        if first >= end:
            break
        longest = max(longest, int((first - reached).total_seconds()))
        reached = max(reached, last)
    return max(longest, int((end - reached).total_seconds()), 0)


def pairs(occasions, days, count=2):
    """Groups of ``count`` occasions that lie within ``days``, each occasion used once.

    :param occasions: ``(moment, key)`` in any order
    :return: list of tuples of occasions, oldest first
    """
    found, waiting = [], []
    for occasion in sorted(occasions):
        waiting = [
            item for item in waiting if (occasion[0] - item[0]).total_seconds() <= days * DAY
        ]
        waiting.append(occasion)
        if len(waiting) == count:
            found.append(tuple(waiting))
            waiting = []
    return found


def joined(span, others):
    """Return the spans that overlap with ``span``, directly or through others.

    :param span: ``(begin, end)``
    :param others: ``{key: (begin, end)}``
    :return: ``(begin of the first of them, keys of the others)``
    """
    begin, end = span
    found = set()
    while True:
        more = {
            key
            for key, (first, last) in others.items()
            if key not in found and first < end and last > begin
        }
        if not more:
            return begin, found
        found |= more
        begin = min(begin, *(others[key][0] for key in more))


def merged(spells):
    """Spells of which those that lie in each other's time are one.

    :param spells: ``(begin, end, key)`` in any order
    :return: list of ``(begin, end, keys)``, oldest first, keys by their ends
    """
    found = []
    for begin, end, key in sorted(spells):
        if found and begin < found[-1][1]:
            first, last, ends = found.pop()
        else:
            first, last, ends = begin, end, []
        found.append((first, max(last, end), [*ends, (end, key)]))
    return [(first, last, [key for __, key in sorted(ends)]) for first, last, ends in found]
