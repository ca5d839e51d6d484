"""A new version of the addons on all machines: the site is closed while the tables are changed.

Nothing else writes meanwhile: jobs have been stopped, and proxies give nobody to the web nodes,
which would say 503 of themselves as soon as the tables are new. From the first node on that
serves the new version the site is open again, and the others follow one after the other.
"""

import time

from ..place import Stop, say
from .roll import DRAIN, SERVICES, steer, wait

CLOSED = (
    "the tables are neither old nor new, so the site stays closed: mend what the journal of"
    " water-upgrade on {node} says and begin again, or restore the time before by pgBackRest"
)


def upgrade(inventory, remote, drain=DRAIN):
    """Take the new program on all nodes, and bring the tables to its version.

    :param drain: seconds for what is being answered
    :return: for how many seconds it was closed
    :raises Stop: when it cannot be done; it says whether the site goes on as it was
    """
    web, jobs = inventory.of("web"), inventory.of("jobs")
    for node in (*web, *jobs):
        remote.look_for_new(node)
    first, *others = web
    for node in jobs:  # which takes its time, for they finish what they do
        remote.stop(node, SERVICES["jobs"])
    began = time.monotonic()
    _close(inventory, remote, drain)
    remote.stop(first, SERVICES["web"])
    _change(inventory, remote, first)
    steer(inventory, remote, {node.name for node in others})
    closed = time.monotonic() - began
    say(f"the site is open again, on {first.name} alone; it was closed for {closed:.0f} s")
    while others:
        node = others.pop(0)
        _renew(remote, node, "web")
        wait(remote.serves, node)
        steer(inventory, remote, {other.name for other in others})
        say(f"{node.name}: serves the new version")
    for node in jobs:
        _renew(remote, node, "jobs")
        say(f"{node.name}: has the new version")
    return closed


def _close(inventory, remote, drain):
    say("the site is closed ...")
    steer(inventory, remote, {node.name for node in inventory.of("web")})
    time.sleep(drain)


def _change(inventory, remote, node):
    """Change the tables by the first node, and have it serve them; else give all back."""
    remote.take(node)
    say(f"{node.name}: changes the tables ...")
    try:
        remote.migrate(node)
        remote.start(node, SERVICES["web"])
        wait(remote.serves, node)
    except Stop as fault:
        remote.stop(node, SERVICES["web"])
        remote.give_back(node)
        remote.start(node, SERVICES["web"])
        try:
            wait(remote.serves, node)
        except Stop:
            raise Stop(f"{fault}; {CLOSED.format(node=node.name)}") from None
        steer(inventory, remote, set())
        for other in inventory.of("jobs"):
            remote.start(other, SERVICES["jobs"])
        raise Stop(f"{fault}; the tables are as they were, and the site goes on") from None


def _renew(remote, node, role):
    remote.stop(node, SERVICES[role])
    remote.take(node)
    remote.start(node, SERVICES[role])
