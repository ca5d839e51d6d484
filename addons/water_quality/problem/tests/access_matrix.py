"""The part of the access matrix that is about systemic problems.

own      of the owner ``department``; other: of quality
company  of the second company
"""

PROBLEM = {
    "water.problem.rule": """
                     own   company
        supervisor   r     -
        quality      rwc   -
        manager      rwcu  -
        foreign      -     rwcu
    """,
    "water.problem": """
                                    own  other  company
        department                  rw   -      -
        supervisor,quality,manager  rwc  rwc    -
        foreign                     -    -      rwc
    """,
    "water.management.review": """
                         own  company
        supervisor       r    -
        quality,manager  rwc  -
        foreign          -    rwc
    """,
}
