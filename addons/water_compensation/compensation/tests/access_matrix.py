"""Who may do what with money for customers.

Situations of compensations are those of the case, see ``access_matrix``; ``finance`` belongs to
Odoo's own invoicing group and has no role of ours. Deputies for approvals:

own      of ``supervisor``, whose deputy is ``finance``
other    of ``manager``, whose deputy is ``supervisor``
"""

TABLES = {
    "water.compensation": """
                            own    other  restricted  machine  company
        agent               rwc    rwc    -           rwc      -
        supervisor,manager  rwc    rwc    rwc         rwc      -
        quality             r      r      r           r        -
        finance             r      r      r           r        -
        foreign             -      -      -           -        rwc
    """,
    "water.compensation.approval": """
                                            own    other  restricted  machine  company
        agent                               r      r      -           r        -
        supervisor,quality,manager,finance  r      r      r           r        -
        foreign                             -      -      -           -        r
    """,
    "water.meter.refund": """
                            own    other  restricted  machine  company
        agent               rwc    rwc    -           rwc      -
        supervisor,manager  rwc    rwc    rwc         rwc      -
        quality             r      r      r           r        -
        foreign             -      -      -           -        rwc
    """,
    "water.compensation.band": """
                  own   company
        finance   r     -
        manager   rwc   -
        foreign   -     rwc
    """,
    "water.compensation.budget": """
                            own   company
        supervisor,finance  r     -
        manager             rwcu  -
        foreign             -     rwcu
    """,
    "water.compensation.delegation": """
                    own   other  company
        supervisor  rwc   r      -
        finance     r     -      -
        manager     rwcu  rwcu   -
        foreign     -     -      rwcu
    """,
    "water.compensation.progress": """
                                    own  company
        supervisor,manager,finance  r    -
        foreign                     -    r
    """,
    "water.compensation.wizard": """
                                                  own  other
        agent,supervisor,manager,finance          rwc  c
    """,
}
