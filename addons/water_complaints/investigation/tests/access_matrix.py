"""Who may do what with investigations, evidence, plans and rounds of negotiation.

``agent`` answers for the complaint of his own; NET and LAB have accepted the work.
"""

#: Added by those who work on the complaint, read by all who see it, altered by nobody.
_EVIDENCE = """
                        own  other  restricted  machine  company
    agent               rc   r      -           r        -
    supervisor,manager  rc   rc     rc          rc       -
    quality             r    r      r           r        -
    department          rc   -      -           -        -
    department2         -    rc     -           -        -
    foreign             -    -      -           -        rc
"""

_WORK = """
                        own  other  restricted  machine  company
    agent               rwc  r      -           r        -
    supervisor,manager  rwc  rwc    rwc         rwc      -
    quality             r    r      r           r        -
    department          rwc  -      -           -        -
    department2         -    rwc    -           -        -
    foreign             -    -      -           -        rwc
"""

#: Drafts go as they came.
_DRAFT = """
                        own   other  restricted  machine  company
    agent               rwcu  r      -           r        -
    supervisor,manager  rwcu  rwcu   rwcu        rwcu     -
    quality             r     r      r           r        -
    department          rwcu  -      -           -        -
    department2         -     rwcu   -           -        -
    foreign             -     -      -           -        rwcu
"""

FACTS = {
    "water.evidence": _EVIDENCE,
    "water.investigation": _WORK,
    "water.negotiation": _WORK,
    "water.resolution": _DRAFT,
    "water.resolution.action": _DRAFT,
    # a line that is not judged goes by the desk alone
    "water.complaint.demand": """
                            own   other  restricted  machine  company
        agent               rwcu  r      -           r        -
        supervisor,manager  rwcu  rwcu   rwcu        rwcu     -
        quality             r     r      r           r        -
        department          rwc   -      -           -        -
        department2         -     rwc    -           -        -
        foreign             -     -      -           -        rwcu
    """,
    "water.strike.wizard": """
                                    own  other
        supervisor,manager,foreign  rwc  c
    """,
}
