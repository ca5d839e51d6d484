"""The graph of the rooms: references that point upwards, and circles."""

from collections import defaultdict

from .house import Finding


def upward(references, plan, house):
    """Yield a finding for each reference to what a room above, or another addon, brings."""
    below = {addon: house.stands_on(addon) for addon in plan.addons}
    for ref in references:
        is_there = ref.other.addon in below[ref.room.addon]
        if not is_there or not plan.may_know(ref.room, ref.other):
            rule = "upward" if ref.room.addon == ref.other.addon else "desk"
            text = f"{ref.room} knows {ref.other}: {ref.kind} {ref.name}"
            yield Finding(ref.path, ref.line, rule, text)


def edges(references):
    """Return {(room, other): number of references}."""
    found = defaultdict(int)
    for ref in references:
        found[ref.room, ref.other] += 1
    return dict(found)


def circles(pairs, kernel):
    """Return the groups of rooms outside the kernel that know each other in a circle (Tarjan)."""
    after = defaultdict(list)
    for room, other in sorted(pairs):
        if not {room, other} & kernel:
            after[room].append(other)
            after.setdefault(other, [])
    number, low, stack, result = {}, {}, [], []

    def visit(room):
        number[room] = low[room] = len(number)
        stack.append(room)
        for other in after[room]:
            if other not in number:
                visit(other)
                low[room] = min(low[room], low[other])
            elif other in stack:
                low[room] = min(low[room], number[other])
        if low[room] == number[room]:
            group = stack[stack.index(room) :]
            del stack[stack.index(room) :]
            if len(group) > 1:
                result.append(sorted(group))

    for room in list(after):
        if room not in number:
            visit(room)
    return sorted(result)
