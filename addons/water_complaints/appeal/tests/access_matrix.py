"""Who may do what with appeals and with reviews of dissatisfaction.

The appeals are fresh: a supervisor without a part in the matter may write down that one is not
admissible. Nobody creates or settles one by hand.
"""

_TOLD = """
                                own    other  restricted  machine  company
    agent                       r      r      -           r        -
    supervisor,quality,manager  r      r      r           r        -
    foreign                     -      -      -           -        r
"""

APPEALS = {
    "water.appeal": """
                            own    other  restricted  machine  company
        agent               r      r      -           r        -
        supervisor,manager  rw     rw     rw          rw       -
        quality             r      r      r           r        -
        department          r      -      -           -        -
        department2         -      r      -           -        -
        foreign             -      -      -           -        r
    """,
    "water.appeal.event": _TOLD,
    "water.satisfaction.review": _TOLD,
    "water.appeal.vote": """
                                    own    other  restricted  machine  company
        supervisor,quality,manager  r      r      r           r        -
        foreign                     -      -      -           -        r
    """,
    "water.appeal.wizard": """
                                          own  other
        agent,supervisor,quality,manager  rwc  c
        foreign                           rwc  c
    """,
    "water.review.wizard": """
                                    own  other
        supervisor,manager,foreign  rwc  c
    """,
    # what is proposed is read from the complaint: not for those who do not see it
    "water.delivery.wizard": """
                                  own  other
        agent,supervisor,manager  rwc  c
    """,
    "water.escalate.wizard": """
                                                     own  other
        agent,department,supervisor,quality,manager  rwc  c
    """,
    "water.notice.wizard": """
                                  own  other
        agent,supervisor,manager  rwc  c
    """,
}
