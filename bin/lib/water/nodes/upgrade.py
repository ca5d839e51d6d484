"""A new version of the addons on all machines: the site is closed while the tables are changed.

Nothing else writes meanwhile: jobs have been stopped, and proxies give nobody to the web nodes,
which would say 503 of themselves as soon as the tables are new. From the first node on that
serves the new version the site is open again, and the others follow one after the other.

How far it is stands on the machines themselves: which program each has, and a mark on the first
one. Whoever calls it again after a break goes on from there, from whatever machine.
"""

import time
from contextlib import suppress

from ..place import Stop, say
from .roll import DRAIN, NEXT, SERVICES, Away, Standing, steer, wait

#: The mark of the first node: its tables may be half changed; they are new, and it serves them.
CHANGING, OPEN = "changing", "open"
CLOSED = (
    "the tables are neither old nor new, so the site stays closed: mend what the journal of"
    " water-upgrade on {node} says and begin again, or restore the time before by pgBackRest"
)
UNKNOWN = (
    "the site stays closed: call this again when it can be reached; is it lost, take it out of the"
    " inventory before"
)
UNSEEN = Standing("", "", "")
LATE = "the site goes on with the new version, without {late}: mend it, and call this again"


def upgrade(inventory, remote, drain=DRAIN):
    """Take the new program on all nodes, and bring the tables to its version.

    Called again after a break, it goes on where it was.

    :param drain: seconds for what is being answered
    :return: for how many seconds it was closed
    :raises Stop: when it cannot be done; it says whether the site goes on as it was
    """
    found = _Found(inventory, remote)
    closed = 0.0
    if found.is_open:
        found.say("the tables are new")
    else:
        closed = _change_tables(inventory, remote, found, drain)
    late = _follow(inventory, remote, found)
    if late:
        raise Stop(LATE.format(late="; ".join(late)))
    remote.mark(found.first, "")
    return closed


class _Found:
    """What the machines have when it begins."""

    def __init__(self, inventory, remote):
        self.nodes = list(dict.fromkeys((*inventory.of("web"), *inventory.of("jobs"))))
        self.standing, self.away = {}, {}
        for node in self.nodes:
            try:
                self.standing[node.name] = remote.standing(node)
            except Away as fault:
                self.away[node.name] = fault
        self.version = self._version()
        marks = [(word, node) for word in (OPEN, CHANGING) for node in self._marked(word)]
        self.is_open = bool(self._marked(OPEN))
        self.was_broken_off = bool(marks)
        self.first = next((node for _word, node in marks), inventory.of("web")[0])
        self._refuse_incomplete()

    def _version(self):
        """Digest of the program that all are to have: what is laid down, or what was."""
        standing = self.standing.values()
        programs = {one.following for one in standing} - {""}
        programs = programs or {one.mark.partition(":")[2] for one in standing} - {""}
        if len(programs) > 1:
            raise Stop("the nodes were given different programs: lay the same one down on all")
        return next(iter(programs), None)

    def _marked(self, word):
        """By an upgrade to this version: what another one has left counts for nothing."""
        wanted = f"{word}:{self.version}"
        return [node for node in self.nodes if self._of(node).mark == wanted]

    def _of(self, node):
        return self.standing.get(node.name, UNSEEN)

    def has_taken(self, node):
        """Whether it runs the new program."""
        return bool(self.version) and self._of(node).program == self.version

    def is_old(self, node):
        """Whether the new program has still to take its place."""
        return bool(self._of(node).following)

    def _refuse_incomplete(self):
        """:raises Stop: before anything is touched, where somebody could not go along"""
        if not self.was_broken_off:
            for fault in self.away.values():
                raise fault
        for node in self.nodes:
            if node.name in self.standing and not (self.is_old(node) or self.has_taken(node)):
                raise Stop(f"{node.name}: the program of the new version is not there ({NEXT})")

    def say(self, reached):
        """Where it is, for whoever calls it again."""
        has = [node.name for node in self.nodes if self.has_taken(node)]
        lacks = [node.name for node in self.nodes if not self.has_taken(node)]
        new, old = (", ".join(names) or "nobody" for names in (has, lacks))
        say(f"it was broken off, and goes on: {reached}; new program: {new}; still old: {old}")


def _change_tables(inventory, remote, found, drain):
    """Close the site, have the first node change the tables, and open it on that one alone."""
    first = found.first
    if found.was_broken_off:
        found.say("the tables may be half changed")
    remote.mark(first, f"{CHANGING}:{found.version}")
    try:
        for node in inventory.of("jobs"):  # which takes its time, for they finish what they do
            remote.stop(node, SERVICES["jobs"])
        began = time.monotonic()
        say("the site is closed ...")
        steer(inventory, remote, {node.name for node in inventory.of("web")})
        time.sleep(drain)
        remote.stop(first, SERVICES["web"])
    except Stop as fault:
        if found.was_broken_off:
            raise Stop(f"{fault}; {UNKNOWN}") from None
        _open_again(inventory, remote, first)
        raise Stop(f"{fault}; nothing was changed, and the site goes on") from None
    _change(inventory, remote, first)
    remote.mark(first, f"{OPEN}:{found.version}")
    others = {node.name for node in inventory.of("web") if node != first}
    with suppress(Stop):  # it is told once more with the others, and what it says then counts
        steer(inventory, remote, others)
    closed = time.monotonic() - began
    say(f"the site is open again, on {first.name} alone; it was closed for {closed:.0f} s")
    return closed


def _change(inventory, remote, node):
    """Change the tables by the first node, and have it serve them; else give all back."""
    say(f"{node.name}: changes the tables ...")
    try:
        remote.take(node)
        remote.migrate(node)
        remote.start(node, SERVICES["web"])
        wait(remote.serves, node)
    except Away as fault:
        raise Stop(f"{fault}; {UNKNOWN}") from None
    except Stop as fault:
        remote.stop(node, SERVICES["web"])
        remote.give_back(node)
        remote.start(node, SERVICES["web"])
        try:
            wait(remote.serves, node)
        except Stop:
            raise Stop(f"{fault}; {CLOSED.format(node=node.name)}") from None
        _open_again(inventory, remote, node)
        raise Stop(f"{fault}; the tables are as they were, and the site goes on") from None


def _open_again(inventory, remote, first):
    """All go on as they were; who cannot be told keeps no other from it."""
    for node in inventory.of("jobs"):
        with suppress(Stop):
            remote.start(node, SERVICES["jobs"])
    with suppress(Stop):
        remote.start(first, SERVICES["web"])
    with suppress(Stop):
        steer(inventory, remote, set())
    with suppress(Stop):
        remote.mark(first, "")


def _follow(inventory, remote, found):
    """Have all others take the new program, web nodes before jobs; what kept some of them from it.

    One that cannot keeps no other from it: without jobs nodes no mail would go.
    """
    late, waiting = [], [node for node in inventory.of("web") if node != found.first]
    again = [found.first] if found.is_open else []
    tasks = [(node, "web") for node in (*again, *waiting)]
    for node, role in [*tasks, *((node, "jobs") for node in inventory.of("jobs"))]:
        try:
            if node.name in found.away:
                raise found.away[node.name]
            _renew(remote, node, role, found.is_old(node))
            if role == "web":
                wait(remote.serves, node)
                waiting = [other for other in waiting if other != node]
                steer(inventory, remote, {other.name for other in waiting})
            say(f"{node.name}: has the new version")
        except Stop as fault:
            late.append(str(fault))
    return late


def _renew(remote, node, role, is_old):
    if is_old:
        remote.stop(node, SERVICES[role])
    remote.take(node)
    remote.start(node, SERVICES[role])
