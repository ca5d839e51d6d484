"""The part of the access matrix that is about key figures.

own      of a closed sheet, of the person ``department``
part     of a closed sheet, of the department LAB
draft    of a sheet that is not closed
company  of the second company
"""

_CATALOGUE = """
                                                     own   company
    agent,department,department2,supervisor,quality  r     -
    manager                                          rwcu  -
    foreign                                          -     rwcu
"""

KPI = {
    "water.kpi": _CATALOGUE,
    "water.kpi.target": _CATALOGUE,
    "water.call.statistic": """
                     own   company
        supervisor   rwc   -
        quality      r     -
        manager      rwcu  -
        foreign      -     rwcu
    """,
    "water.base.figure": """
                            own   company
        supervisor,quality  r     -
        manager             rwcu  -
        foreign             -     rwcu
    """,
    # a closed sheet is not edited
    "water.kpi.sheet": """
                                      own  part  draft  company
        agent,department,department2  r    r     -      -
        supervisor,quality,manager    rc   rc    rwc    -
        foreign                       -    -     -      rc
    """,
    # those of a person are his own, and his line's
    "water.kpi.line": """
                            own  part  draft  company
        department          r    -     -      -
        supervisor,quality  -    r     r      -
        manager             r    r     r      -
        foreign             -    -     -      r
    """,
    "water.kpi.addendum": """
                            own  part  company
        department          r    -     -
        supervisor,quality  -    rc    -
        manager             rc   rc    -
        foreign             -    -     rc
    """,
    "water.bulletin.plan": """
                            own   company
        supervisor,quality  r     -
        manager             rwcu  -
        foreign             -     rwcu
    """,
    # drawn up by the system alone
    "water.bulletin": """
                                    own  company
        supervisor,quality,manager  rw   -
        foreign                     -    rw
    """,
    "water.bulletin.copy": """
                                    own  company
        supervisor,quality,manager  r    -
        foreign                     -    r
    """,
    "water.fact": """
                                    own   company
        supervisor,quality,manager  r     -
        foreign                     -     r
    """,
    "water.any.case": """
                                    own    other  restricted  machine  company
        supervisor,quality,manager  r      r      r           r        -
        foreign                     -      -      -           -        r
    """,
}
