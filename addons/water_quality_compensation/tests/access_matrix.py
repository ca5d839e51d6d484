"""Who may do what with which record: r(ead), w(rite), c(reate another), u(nlink).

The approved list is ``approved/access.txt``: ``model situation: letters roles; …``.

Situations of a case and of what belongs to it:

own          registered by ``agent``, dispatched to NET (``department``)
other        another agent's, another customer's, dispatched to LAB (``department2``)
restricted   another agent's, of a restricted category, with a third department
draft        proposed, or not in force yet; rooms have situations of their own in their fixtures
machine      filed by the ``integration``, not taken by anybody yet
company      of the second company, where ``foreign`` is the manager

Master data is of one's own company, or of the other one. A dialog is one's own, or opened by
somebody else. A role without a line has no access at all: so it is everywhere for ``plain``
(an internal user without a group of ours), for both portal customers, and for the public.
"""

from functools import lru_cache

from .approved import approved

ROLES = (
    "agent",
    "department",
    "department2",
    "supervisor",
    "quality",
    "manager",
    "integration",
    "finance",
    "foreign",
    "plain",
    "portal1",
    "portal2",
    "public",
)


@lru_cache(None)
def expected():
    """{model: {situation: {role: letters}}} of the approved list."""
    found = {}
    for line in approved("access"):
        model, situation, cells = line.split(" ", 2)
        rights = dict.fromkeys(ROLES, "")
        for cell in cells.split("; "):
            letters, _blank, roles = cell.partition(" ")
            rights |= dict.fromkeys(filter(None, roles.split(",")), letters)
        found.setdefault(model, {})[situation.rstrip(":")] = rights
    return found
